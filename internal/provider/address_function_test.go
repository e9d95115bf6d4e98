package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const functionSecret = "00ff10eeb6a7f0c1d2e3f4a5968778695a4b3c2d1e0f00112233445566778899"

// run calls a function as the framework does.
func run(t *testing.T, f function.Function, arguments ...attr.Value) (string, *function.FuncError) {
	t.Helper()
	resp := function.RunResponse{Result: function.NewResultData(types.StringUnknown())}
	f.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData(arguments)}, &resp)
	result, _ := resp.Result.Value().(types.String)
	if resp.Error != nil {
		said.add(diagnostic{summary: functionFailed, detail: resp.Error.Text})
	}
	return result.ValueString(), resp.Error
}

func TestFunctions_known(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	for name, test := range map[string]struct {
		function  function.Function
		arguments []attr.Value
		want      string
	}{
		"whip_url":        {NewWHIPURLFunction(), []attr.Value{text("main")}, "https://director.millicast.com/api/whip/main"},
		"rtmp_url":        {NewRTMPURLFunction(), []attr.Value{text("auto")}, "rtmp://rtmp-auto.millicast.com:1935/v2/pub/"},
		"rtmp_stream_key": {NewRTMPStreamKeyFunction(), []attr.Value{text("main"), text("00ff")}, "main?token=00ff"},
		"srt_url": {
			NewSRTURLFunction(), []attr.Value{text("srt-phx-1.millicast.com"), text("main"), text("00ff"), types.BoolValue(true)},
			"srt://srt-phx-1.millicast.com:10000?streamid=main%3Ft%3DAP8%26e",
		},
		"viewer_url": {NewViewerURLFunction(), []attr.Value{text("Abcde0"), text("main")}, "https://viewer.millicast.com?streamId=Abcde0/main"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := run(t, test.function, test.arguments...); err != nil || got != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestFunctions_wrongArgument(t *testing.T) {
	t.Parallel()
	text := types.StringValue
	for name, test := range map[string]struct {
		function  function.Function
		arguments []attr.Value
		index     int64
		says      string
	}{
		"whip_url, stream":        {NewWHIPURLFunction(), []attr.Value{text("")}, 0, "stream is empty"},
		"rtmp_url, host":          {NewRTMPURLFunction(), []attr.Value{text("phx-1")}, 0, "host is not a host name"},
		"rtmp_stream_key, stream": {NewRTMPStreamKeyFunction(), []attr.Value{text("a&b"), text("00ff")}, 0, "stream contains"},
		"rtmp_stream_key, token":  {NewRTMPStreamKeyFunction(), []attr.Value{text("main"), text("12345")}, 1, "token is not the secret"},
		"srt_url, token":          {NewSRTURLFunction(), []attr.Value{text("auto"), text("main"), text("xyz"), types.BoolValue(false)}, 2, "token is not the secret"},
		"viewer_url, account":     {NewViewerURLFunction(), []attr.Value{text("a/b"), text("main")}, 0, "account is not"},
		"viewer_url, stream":      {NewViewerURLFunction(), []attr.Value{text("Abcde0"), text("a/b")}, 1, "stream contains"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := run(t, test.function, test.arguments...)
			if err == nil || err.FunctionArgument == nil || *err.FunctionArgument != test.index || !strings.Contains(err.Text, test.says) {
				t.Errorf("got %v, want an error on argument %d: %s", err, test.index, test.says)
			}
		})
	}
}

// validArguments are arguments that each function takes.
var validArguments = map[string][]any{
	"whip_url":        {"main"},
	"rtmp_url":        {"auto"},
	"rtmp_stream_key": {"main", functionSecret},
	"srt_url":         {"auto", "main", functionSecret, true},
	"viewer_url":      {"Abcde0", "main"},
}

// call calls a function through the plugin protocol, without a configuration of
// the provider: functions are offline.
func call(t *testing.T, name string, arguments ...any) (string, *tfprotov6.FunctionError) {
	t.Helper()
	server, err := factories()["millicast"]()
	if err != nil {
		t.Fatal(err)
	}
	req := &tfprotov6.CallFunctionRequest{Name: name}
	for _, argument := range arguments {
		var typ tftypes.Type = tftypes.String
		if _, ok := argument.(bool); ok {
			typ = tftypes.Bool
		}
		packed, err := tfprotov6.NewDynamicValue(typ, toTerraform(typ, argument))
		if err != nil {
			t.Fatal(err)
		}
		req.Arguments = append(req.Arguments, &packed)
	}
	resp, err := server.CallFunction(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Error != nil {
		return "", resp.Error
	}
	value, err := resp.Result.Unmarshal(tftypes.String)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := fromTerraform(value).(string)
	return text, nil
}

// Terraform asks for no result of a null or unknown argument. If it did, there
// would be an error on that argument, and no address. So there is for each
// argument that is wrong, and it never repeats what was given.
func TestFunctions_eachArgument(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, providerConfig(emulator.Start(t)))
	if len(validArguments) != len(c.schemas.Functions) {
		t.Errorf("the provider has %d functions, this test has %d", len(c.schemas.Functions), len(validArguments))
	}
	for name, valid := range validArguments {
		if address, err := call(t, name, valid...); err != nil || address == "" {
			t.Errorf("%s%v: %q, %v", name, valid, address, err)
		}
		for i, argument := range valid {
			wrong := map[string]any{"null": nil, "unknown": unknown{}}
			if _, ok := argument.(string); ok {
				wrong["empty"], wrong["a parameter"], wrong["not UTF-8"] = "", "x"+functionSecret+"&priority=5", "\xff"+functionSecret
			}
			for what, value := range wrong {
				arguments := slices.Clone(valid)
				arguments[i] = value
				address, err := call(t, name, arguments...)
				if err == nil || err.FunctionArgument == nil || *err.FunctionArgument != int64(i) {
					t.Errorf("%s, argument %d is %s: %q, %+v", name, i, what, address, err)
				} else if strings.Contains(err.Text, functionSecret) {
					t.Errorf("%s, argument %d is %s: the error repeats it: %s", name, i, what, err.Text)
				}
			}
		}
	}
}

// What a CLI says of a wrong argument, as the pages of the functions quote it.
func TestAccFunctions_errors(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		`whip_url("Abcde0/main_stream")`:                   `Invalid value for "stream" parameter: stream contains one of /?&#, which divide an address. Give the name alone, without an account or parameters.`,
		`rtmp_url("phx-1")`:                                `Invalid value for "host" parameter: host is not a host name. Give auto, or what the data source millicast_clusters says for the cluster, such as rtmp-phx-1.millicast.com, without a scheme, port or path.`,
		`rtmp_stream_key("main", "123")`:                   `Invalid value for "token" parameter: token is not the secret of a publish token, which is an even number of digits 0-9 and a-f. Take the attribute token of a publish token, not its id or its label.`,
		`srt_url("auto", "main", sensitive("main"), true)`: `Invalid value for "token" parameter: token is not the secret of a publish token, which is an even number of digits 0-9 and a-f. Take the attribute token of a publish token, not its id or its label.`,
		`viewer_url("Abcde0/main", "main")`:                `Invalid value for "account" parameter: account is not an account id, such as Abcde0.`,
		`viewer_url("Abcde0", null)`:                       `Invalid value for "stream" parameter: argument must not be null.`,
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			c := newCLI(t, emulator.Start(t))
			c.write("main.tf", "output \"address\" {\n  value     = provider::millicast::"+expression+"\n  sensitive = true\n}\n")
			out := strings.Join(strings.Fields(c.fail("validate")), " ")
			if !strings.Contains(out, "Error: Invalid function argument") || !strings.HasSuffix(out, want) {
				t.Errorf("want:\n%s\n\ngot:\n%s", want, out)
			}
		})
	}
}

func TestAccFunctions(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	config := func(stream string) string {
		return providerBlock(srv) + fmt.Sprintf(`
resource "terraform_data" "stream" {
  input = "main"
}
output "whip" {
  value = provider::millicast::whip_url(%[1]s)
}
output "rtmp" {
  value = provider::millicast::rtmp_url("auto")
}
output "key" {
  value     = provider::millicast::rtmp_stream_key(%[1]s, sensitive(%[2]q))
  sensitive = true
}
output "srt" {
  value     = provider::millicast::srt_url("srt-phx-1.millicast.com", %[1]s, sensitive(%[2]q), false)
  sensitive = true
}
output "viewer" {
  value = provider::millicast::viewer_url("Abcde0", %[1]s)
}
`, stream, functionSecret)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config:      config(`null`),
				ExpectError: regexp.MustCompile(`argument\s+must\s+not\s+be\s+null`),
			},
			{
				Config:      config(`"Abcde0/main"`),
				ExpectError: regexp.MustCompile(`stream\s+contains`),
			},
			{
				Config: config(`terraform_data.stream.output`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownOutputValue("whip"),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("whip", knownvalue.StringExact("https://director.millicast.com/api/whip/main")),
					statecheck.ExpectKnownOutputValue("rtmp", knownvalue.StringExact("rtmp://rtmp-auto.millicast.com:1935/v2/pub/")),
					statecheck.ExpectKnownOutputValue("key", knownvalue.StringExact("main?token="+functionSecret)),
					statecheck.ExpectKnownOutputValue("srt", knownvalue.StringExact("srt://srt-phx-1.millicast.com:10000?streamid=main%3Ft%3DAP8Q7ran8MHS4_Sllod4aVpLPC0eDwARIjNEVWZ3iJk")),
					statecheck.ExpectKnownOutputValue("viewer", knownvalue.StringExact("https://viewer.millicast.com?streamId=Abcde0/main")),
				},
			},
		},
	})
	if len(srv.Writes()) != 0 {
		t.Errorf("the functions called the API: %v", srv.Writes())
	}
}
