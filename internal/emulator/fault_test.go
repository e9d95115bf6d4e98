package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const tokenRoute = "/api/publish_token/{tokenId}"

func TestFault_answersAStatus(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Method: "POST", Route: tokens, Kind: emulator.FaultStatus, Status: 429, RetryAfter: "7"})
	r := a.call(429, "POST", tokens, minimal)
	if r.header.Get("Retry-After") != "7" || r.body["status"] != "error" {
		t.Errorf("got Retry-After %q and %s", r.header.Get("Retry-After"), r.raw)
	}
	if len(a.Tokens()) != 0 {
		t.Error("the work was done")
	}
	if r := a.call(200, "POST", tokens, minimal); r.header.Get("Retry-After") != "" {
		t.Error("the fault was not over after one call")
	}
}

func TestFault_answersAStatusWithABody(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 400, Body: `{"status":"fail","data":{"message":"odd"}}`})
	if r := a.call(400, "GET", "/api/cluster", nil); r.data()["message"] != "odd" || r.header.Get("Retry-After") != "" {
		t.Errorf("got %s", r.raw)
	}
}

func TestFault_answersHTML(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.FaultHTML})
	if r := a.call(502, "POST", tokens, minimal); !strings.HasPrefix(r.raw, "<!DOCTYPE html>") || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
		t.Errorf("got %s", r.raw)
	}
	if len(a.Tokens()) != 0 {
		t.Error("the work was done")
	}
}

func TestFault_answersABody(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.FaultBody, Body: `{"status":`})
	if r := a.call(200, "POST", tokens, minimal); r.raw != `{"status":` || len(a.Tokens()) != 0 {
		t.Errorf("got %q and %d tokens", r.raw, len(a.Tokens()))
	}
}

func TestFault_closesTheConnection(t *testing.T) {
	t.Parallel()
	for kind, done := range map[emulator.FaultKind]int{emulator.FaultDropBefore: 0, emulator.FaultDropAfter: 1} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			a := open(t)
			a.Inject(emulator.Fault{Method: "POST", Kind: kind})
			if r, err := a.send("POST", tokens, minimal); err == nil {
				t.Fatalf("got an answer: %s", r.raw)
			}
			if n := len(a.Tokens()); n != done {
				t.Errorf("%d tokens, want %d", n, done)
			}
			if log := a.Requests(); len(log) != 1 || log[0].Status != 0 || log[0].Fault != string(kind) {
				t.Errorf("logged %+v", log)
			}
		})
	}
}

// An HTTP client must not call again by itself, even on a connection that was
// used before.
func TestFault_aDroppedCallIsOneCall(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.call(200, "GET", "/api/cluster", nil)
	a.Inject(emulator.Fault{Kind: emulator.FaultDropBefore})
	if _, err := a.send("GET", "/api/cluster", nil); err == nil {
		t.Error("got an answer")
	}
	if n := a.Count("GET", "/api/cluster"); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

func TestFault_cutsTheBody(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.FaultTruncate})
	r, err := a.send("POST", tokens, minimal)
	if err == nil || r.status != 200 || r.raw == "" || r.body != nil {
		t.Errorf("got %v, status %d, body %q", err, r.status, r.raw)
	}
	if len(a.Tokens()) != 1 {
		t.Error("the work was not done")
	}
}

func TestFault_isSlow(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.FaultSlow, Delay: 60 * time.Millisecond})
	start := time.Now()
	a.call(200, "POST", tokens, minimal)
	if took := time.Since(start); took < 60*time.Millisecond {
		t.Errorf("it took %v only", took)
	}
}

func TestFault_strikesTheCallsItIsFor(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		fault emulator.Fault
		want  string // of six calls: x is struck
	}{
		"the first":       {emulator.Fault{}, "x....."},
		"the third":       {emulator.Fault{Call: 3}, "..x..."},
		"two from second": {emulator.Fault{Call: 2, Times: 2}, ".xx..."},
		"all from fourth": {emulator.Fault{Call: 4, Times: -1}, "...xxx"},
		"another method":  {emulator.Fault{Method: "PUT", Times: -1}, "......"},
		"another route":   {emulator.Fault{Route: "/api/publish_token/7", Times: -1}, "......"},
		"this route":      {emulator.Fault{Method: "GET", Route: tokenRoute, Times: -1}, "xxxxxx"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			id := a.token("main", show, nil)
			c.fault.Kind, c.fault.Status = emulator.FaultStatus, 503
			a.Inject(c.fault)
			var got strings.Builder
			for range 6 {
				r, err := a.send("GET", v1(id), nil)
				switch {
				case err != nil:
					t.Fatal(err)
				case r.status == 503:
					got.WriteString("x")
				default:
					got.WriteString(".")
				}
			}
			if got.String() != c.want {
				t.Errorf("got %s, want %s", got.String(), c.want)
			}
		})
	}
}

func TestFault_canBeCleared(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.Inject(emulator.Fault{Kind: emulator.FaultStatus, Times: -1})
	a.call(500, "GET", "/api/cluster", nil)
	a.ClearFaults()
	a.call(200, "GET", "/api/cluster", nil)
}

func TestLatency_isTakenByEveryCall(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithLatency(30*time.Millisecond))
	start := time.Now()
	a.call(200, "GET", "/api/cluster", nil)
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("it took %v only", took)
	}
}
