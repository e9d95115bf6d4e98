package provider

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// It sets the environment, so it does not run in parallel.
func TestLogCall_oneLineForEachAttempt(t *testing.T) {
	t.Setenv("TF_LOG_PROVIDER_MILLICAST_API", "DEBUG")
	srv := emulator.Start(t)
	srv.Inject(emulator.Fault{Route: "/api/publish_token", Kind: emulator.FaultStatus, Status: 429, RetryAfter: "0"})
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	client, err := millicast.New(srv.Secret(), millicast.WithBaseURL(srv.URL()), millicast.WithCallLogger(logCall), millicast.WithRetryWait(1, 1))
	if err != nil {
		t.Fatal(err)
	}
	const key = "a-restream-key"
	token, err := client.PublishTokens.Create(ctx, millicast.PublishTokenCreate{
		Label:    "main iad",
		Streams:  []millicast.StreamName{{StreamName: mainStream}},
		Restream: millicast.Set([]millicast.Restream{{URL: "rtmp://live.example.com/app", Key: key}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	text := log.String()

	lines, err := tflogtest.MultilineJSONDecode(&log)
	if err != nil {
		t.Fatal(err)
	}
	var statuses []any
	for _, line := range lines {
		if line["@module"] != "provider.api" || line["method"] != "POST" || line["route"] != "/api/publish_token" || line["duration_ms"] == nil {
			t.Errorf("line: %v", line)
		}
		statuses = append(statuses, line["status"], line["attempt"])
	}
	if want := []any{429., 1., 200., 2.}; !slices.Equal(statuses, want) {
		t.Errorf("statuses and attempts %v, want %v", statuses, want)
	}
	for _, secret := range []string{srv.Secret(), token.Token.Reveal(), key, "main iad"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is in the log:\n%s", secret, text)
		}
	}
}

func TestLogCall_levelOfItsOwn(t *testing.T) {
	t.Setenv("TF_LOG_PROVIDER_MILLICAST_API", "WARN")
	var log bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &log)
	logCall(ctx, millicast.Call{Method: "GET", Route: "/api/cluster", Err: errors.ErrUnsupported.Error()})
	if log.Len() > 0 {
		t.Errorf("log: %s", log.String())
	}
}
