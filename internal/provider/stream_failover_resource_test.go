package provider

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const failoverAddr = "millicast_stream_failover.test"

// fourTokens are live tokens of priority 40, 30, 20 and 10.
func fourTokens(srv *emulator.Server) []int64 {
	var ids []int64
	for i := range 4 {
		id := mainToken(srv, fmt.Sprint("encoder ", i+1), new(int32(40-10*i)))
		encode(srv, id)
		ids = append(ids, id)
	}
	return ids
}

func failoverConfig(srv *emulator.Server, order []int64, more string) string {
	return providerBlock(srv) + failoverResource("test", mainStream, order, more)
}

func failoverResource(name, stream string, order []int64, more string) string {
	ids := strings.Join(strings.Fields(strings.Trim(fmt.Sprint(order), "[]")), ", ")
	return fmt.Sprintf(`
resource "millicast_stream_failover" %q {
  stream_name = %q
  token_ids   = [%s]
  %s
}
`, name, stream, ids, more)
}

func failoverHas(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(failoverAddr, tfjsonpath.New(name), want)
}

func idsExactly(ids ...int64) knownvalue.Check {
	checks := []knownvalue.Check{}
	for _, id := range ids {
		checks = append(checks, knownvalue.Int64Exact(id))
	}
	return knownvalue.ListExact(checks)
}

// wantViewers checks what viewers of the main stream have been through.
func wantViewers(t *testing.T, srv *emulator.Server, onAir int64, switches int) {
	t.Helper()
	timeline := srv.Timeline(mainStream, "")
	if timeline.OnAir() != onAir || timeline.Switches() != switches || timeline.Gap() != 0 {
		t.Errorf("want %d on air after %d switches, without a gap:\n%s", onAir, switches, timeline)
	}
}

func TestAccStreamFailover(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		order    []int // places in the order before
		calls    int
		switches int
	}{
		"the order as it is takes no call":             {[]int{0, 1, 2, 3}, 0, 0},
		"promoting the last of four takes one call":    {[]int{3, 0, 1, 2}, 1, 1},
		"reversing four takes three calls, one switch": {[]int{3, 2, 1, 0}, 3, 1},
		"demoting the primary raises the others":       {[]int{1, 2, 3, 0}, 3, 1},
		"changes behind the primary are not noticed":   {[]int{0, 3, 2, 1}, 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			ids := fourTokens(srv)
			var order []int64
			for _, place := range test.order {
				order = append(order, ids[place])
			}
			testStreamPriority(t,
				resource.TestStep{Config: failoverConfig(srv, ids, ""), Check: wantCalls(srv, 0)},
				resource.TestStep{
					Config: failoverConfig(srv, order, ""),
					Check:  wantCalls(srv, test.calls),
					ConfigStateChecks: []statecheck.StateCheck{
						failoverHas("primary_token_id", knownvalue.Int64Exact(order[0])),
						failoverHas("reprioritized_token_ids", knownvalue.ListSizeExact(test.calls)),
					},
				},
			)
			wantViewers(t, srv, order[0], test.switches)
			if srv.MaxAway(mainStream) > 1 {
				t.Errorf("%d feeds were away at a time", srv.MaxAway(mainStream))
			}
		})
	}
}

func TestAccStreamFailover_plannedValuesAreKnown(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	order := []int64{ids[3], ids[0], ids[1], ids[2]}
	number := func(n int32) knownvalue.Check { return knownvalue.Int32Exact(n) }

	testStreamPriority(t, resource.TestStep{
		Config: failoverConfig(srv, order, ""),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectKnownValue(failoverAddr, tfjsonpath.New("primary_token_id"), knownvalue.Int64Exact(ids[3])),
			plancheck.ExpectKnownValue(failoverAddr, tfjsonpath.New("reprioritized_token_ids"), idsExactly(ids[3])),
			plancheck.ExpectKnownValue(failoverAddr, tfjsonpath.New("priorities"), knownvalue.MapExact(map[string]knownvalue.Check{
				number64(ids[3]): number(50), number64(ids[0]): number(40), number64(ids[1]): number(30), number64(ids[2]): number(20),
			})),
		}},
	})
}

func TestAccStreamFailover_addsAndRemovesATokenWithoutACall(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)

	testStreamPriority(t,
		resource.TestStep{Config: failoverConfig(srv, ids[:3], "")},
		resource.TestStep{Config: failoverConfig(srv, ids, "")},
		resource.TestStep{Config: failoverConfig(srv, ids[:2], ""), Check: wantCalls(srv, 0)},
	)
	wantViewers(t, srv, ids[0], 0)
}

func TestAccStreamFailover_ofTokensThatAreCreatedInTheSameApply(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)

	testStreamPriority(t, resource.TestStep{
		Config: providerBlock(srv) + `
resource "millicast_publish_token" "test" {
  count   = 3
  label   = "encoder ${count.index}"
  streams = [{ stream_name = "main_stream" }]
}
resource "millicast_stream_failover" "test" {
  stream_name = "main_stream"
  token_ids   = reverse(millicast_publish_token.test[*].id)
}
`,
		// The last may stay unset.
		Check: wantCalls(srv, 2),
	})
}

func TestAccStreamFailover_orderAndOnlyOrderIsDrift(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	config := failoverConfig(srv, ids, "")

	testStreamPriority(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() { srv.SetPriority(ids[3], new(int32(-100))) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(failoverAddr, plancheck.ResourceActionNoop),
			}},
		},
		resource.TestStep{
			PreConfig: func() { srv.SetPriority(ids[3], new(int32(35))) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(failoverAddr, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(failoverAddr, tfjsonpath.New("reprioritized_token_ids"), idsExactly(ids[3])),
			}},
			Check: wantCalls(srv, 1),
		},
		// A tie is not the order either.
		resource.TestStep{
			PreConfig: func() { srv.SetPriority(ids[2], new(int32(30))) },
			Config:    config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(failoverAddr, plancheck.ResourceActionUpdate),
			}},
		},
	)
	wantViewers(t, srv, ids[0], 0)
}

// The next apply does only the rest.
func TestAccStreamFailover_stopsAtAnEncoderThatNeverComesBack(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)[:3]
	dead := mainToken(srv, "dead", new(int32(1)))
	srv.StartEncoder(emulator.Encoder{TokenID: dead, Stream: mainStream, NeverReconnects: true})
	order := []int64{dead, ids[2], ids[1], ids[0]}

	testStreamPriority(t,
		resource.TestStep{Config: failoverConfig(srv, []int64{ids[0], ids[1], ids[2], dead}, "")},
		resource.TestStep{
			Config:      failoverConfig(srv, order, "timeouts = { update = \"4s\" }"),
			ExpectError: regexp.MustCompile(`(?s)Feed has not come back.*Done\s+so\s+far:\s+publish\s+token\s+` + number64(dead)),
		},
		resource.TestStep{
			Config: failoverConfig(srv, order, ""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectKnownValue(failoverAddr, tfjsonpath.New("reprioritized_token_ids"), knownvalue.ListSizeExact(2)),
			}},
			Check: wantCalls(srv, 3),
		},
	)
	if gap := srv.Timeline(mainStream, "").Gap(); gap != 0 {
		t.Errorf("viewers have had %s without a picture", gap)
	}
}

func TestAccStreamFailover_fiftyStreamsAreDrainedInOneApply(t *testing.T) {
	t.Parallel()
	const (
		streams        = 50
		drainReconnect = 300 * time.Millisecond
	)
	srv := emulator.Start(t)
	var before, after strings.Builder
	for i := range streams {
		stream := fmt.Sprintf("show_%02d", i)
		var ids []int64
		for n, cluster := range []string{"iad-1", "phx-1"} {
			id := srv.CreateToken(emulator.TokenSeed{
				Label: stream + " " + cluster, OriginCluster: cluster, Priority: new(int32(20 - 10*n)), Streams: []emulator.Stream{{Name: stream}},
			})
			srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: stream, ReconnectAfter: drainReconnect})
			ids = append(ids, id)
		}
		before.WriteString(failoverResource(stream, stream, ids, ""))
		after.WriteString(failoverResource(stream, stream, []int64{ids[1], ids[0]}, ""))
	}

	testStreamPriority(t,
		resource.TestStep{Config: providerBlock(srv) + before.String()},
		resource.TestStep{Config: providerBlock(srv) + after.String(), Check: wantCalls(srv, streams)},
	)
	for i := range streams {
		timeline := srv.Timeline(fmt.Sprintf("show_%02d", i), "")
		if timeline.Gap() != 0 || timeline.Switches() != 1 {
			t.Errorf("want one switch without a gap:\n%s", timeline)
		}
	}
	// Streams that waited for each other would be disconnected a reconnect apart.
	drops := srv.Disconnections()
	sideBySide := slices.ContainsFunc(drops[1:], func(d emulator.Disconnection) bool {
		i := slices.Index(drops, d)
		return d.At.Sub(drops[i-1].At) < drainReconnect
	})
	if !sideBySide {
		t.Error("the calls of different streams waited for each other")
	}
}

func TestAccStreamFailover_oneOwnerForAPriority(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	priority := fmt.Sprintf("resource \"millicast_stream_priority\" \"test\" {\n  token_id = %d\n  priority = 40\n}\n", ids[0])

	testStreamPriority(t,
		resource.TestStep{
			Config:      failoverConfig(srv, ids, "") + priority,
			PlanOnly:    true,
			ExpectError: regexp.MustCompile(`(?s)Priority has two owners.*Remove one of them`),
		},
		resource.TestStep{
			Config:      failoverConfig(srv, ids, "") + failoverResource("second", "second_stream", ids[:1], ""),
			PlanOnly:    true,
			ExpectError: regexp.MustCompile("Priority has two owners"),
		},
	)
}

func TestAccStreamFailover_import(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	// Its name contains the stream's.
	srv.CreateToken(emulator.TokenSeed{Label: "other", Streams: []emulator.Stream{{Name: "main_stream_2"}}})

	testStreamPriority(t,
		resource.TestStep{Config: failoverConfig(srv, ids, "")},
		resource.TestStep{
			ResourceName: failoverAddr, ImportState: true, ImportStateId: mainStream,
			ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "stream_name",
		},
		resource.TestStep{
			ResourceName: failoverAddr, ImportState: true, ImportStateId: "nobody's",
			ExpectError: regexp.MustCompile(`(?s)Invalid import id.*"nobody's"`),
		},
	)
}

func TestAccStreamFailover_importBlockPlansEmpty(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)

	testStreamPriority(t, resource.TestStep{
		Config: failoverConfig(srv, ids, "") + "import {\n  to = millicast_stream_failover.test\n  id = \"main_stream\"\n}\n",
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction(failoverAddr, plancheck.ResourceActionNoop),
		}},
		Check: wantCalls(srv, 0),
	})
}

func TestAccStreamFailover_badInput(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	other := srv.CreateToken(emulator.TokenSeed{Label: "other", Streams: []emulator.Stream{{Name: "second_stream"}}})
	disabled := srv.CreateToken(emulator.TokenSeed{Label: "disabled", Inactive: true, Streams: []emulator.Stream{{Name: mainStream}}})
	expired := srv.CreateToken(emulator.TokenSeed{Label: "expired", Streams: []emulator.Stream{{Name: mainStream}}})
	srv.UpdateToken(expired, func(token *emulator.Token) { token.ExpiresOn = new(time.Now().Add(-time.Hour)) })

	for name, test := range map[string]struct {
		order []int64
		want  string
	}{
		"no token":                    {nil, `token_ids list must contain at least 1 elements`},
		"a token named twice":         {[]int64{ids[0], ids[0]}, `(?s)duplicate`},
		"an id of nothing":            {[]int64{0}, `value must be at least 1`},
		"a token that does not exist": {[]int64{ids[0], 99}, `(?s)No such publish token.*publish token 99`},
		"a token of another stream":   {[]int64{ids[0], other}, `(?s)can't publish the stream.*does\s+not\s+publish\s+that\s+stream`},
		"a token that is disabled":    {[]int64{ids[0], disabled}, `(?s)can't publish the stream.*is_active\s+is\s+false`},
		"a token that has expired":    {[]int64{ids[0], expired}, `(?s)can't publish the stream.*expired\s+on`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testStreamPriority(t, resource.TestStep{
				Config: failoverConfig(srv, test.order, ""), PlanOnly: true, ExpectError: regexp.MustCompile(test.want),
			})
		})
	}
}
