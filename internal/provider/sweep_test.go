package provider

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// The sweep is generated: every scenario, with every kind of fault, at every API
// call that the scenario makes, in every way that things can go on after it. The
// run with the fault may fail. The run after it may not, and then all has to be
// as if there had been no fault.

// sweepFaults are the kinds of fault that strike one call.
var sweepFaults = map[string]emulator.Fault{
	"429":              {Kind: emulator.FaultStatus, Status: 429},
	"429 Retry-After":  {Kind: emulator.FaultStatus, Status: 429, RetryAfter: "1"},
	"500":              {Kind: emulator.FaultStatus, Status: 500},
	"502 HTML":         {Kind: emulator.FaultHTML, Status: 502},
	"503":              {Kind: emulator.FaultStatus, Status: 503},
	"dropped before":   {Kind: emulator.FaultDropBefore},
	"lost after":       {Kind: emulator.FaultDropAfter},
	"truncated answer": {Kind: emulator.FaultTruncate},
	"timed out":        {Kind: emulator.FaultSlow, Delay: 3 * sweepTimeout / 2},
}

const (
	// sweepTimeout is the request_timeout of runs in which an answer comes too late.
	sweepTimeout = 400 * time.Millisecond

	// outageCalls are more than a run makes that gives up, and few enough for one
	// that waits for its encoders to see the end of the outage.
	outageCalls = 60

	// sweepWorkers are many, because cases mostly wait.
	sweepWorkers = 32
)

// sweepSequel is how things go on after the fault.
type sweepSequel struct {
	name    string
	retries int
	outage  bool // the next calls don't get through either
}

var sweepSequels = []sweepSequel{
	{name: "retried", retries: 4},
	{name: "given up", retries: 0},
	{name: "then an outage", retries: 0, outage: true},
}

// sweepCase is a fault at a call of a scenario.
type sweepCase struct {
	call   int
	fault  string
	sequel sweepSequel
}

func (s sweepCase) String() string {
	return fmt.Sprintf("call %d %s, %s", s.call, s.fault, s.sequel.name)
}

// provider is the provider block of the run with the fault.
func (s sweepCase) provider(srv *emulator.Server) values {
	config := maps.Clone(providerConfig(srv))
	config["max_retries"] = s.sequel.retries
	if sweepFaults[s.fault].Kind == emulator.FaultSlow {
		config["request_timeout"] = sweepTimeout.String()
	}
	return config
}

// inject has the case's fault strike the calls from now on.
func (s sweepCase) inject(srv *emulator.Server) {
	fault := sweepFaults[s.fault]
	fault.Call = s.call
	srv.Inject(fault)
	if s.sequel.outage {
		srv.Inject(emulator.Fault{Call: s.call + 1, Times: outageCalls, Kind: emulator.FaultStatus, Status: 503})
	}
}

// isShort chooses what every test run makes: at each call an answer that is lost,
// with and without an outage after it, and one of the other faults in turn.
func (s sweepCase) isShort() bool {
	if s.fault == "lost after" {
		return s.sequel.retries == 0
	}
	kinds := slices.Sorted(maps.Keys(sweepFaults))
	return s.sequel.name == "given up" && kinds[s.call%len(kinds)] == s.fault
}

// TestSweep runs what isShort chooses, or all with SWEEP=all.
func TestSweep(t *testing.T) {
	t.Parallel()
	all := os.Getenv("SWEEP") == "all"

	began := time.Now()
	var run, left, failed atomic.Int64
	var workers sync.WaitGroup
	slots := make(chan struct{}, sweepWorkers)
	for _, scenario := range sweepScenarios() {
		clean := scenario.clean(t)
		t.Logf("%s: %d calls", scenario.name, clean.calls)
		for call := 1; call <= clean.calls; call++ {
			for fault := range sweepFaults {
				for _, sequel := range sweepSequels {
					c := sweepCase{call: call, fault: fault, sequel: sequel}
					if !all && !c.isShort() {
						left.Add(1)
						continue
					}
					run.Add(1)
					slots <- struct{}{}
					workers.Go(func() {
						defer func() { <-slots }()
						if !t.Run(scenario.name+"/"+c.String(), func(t *testing.T) { scenario.check(t, c, clean) }) {
							failed.Add(1)
						}
					})
				}
			}
		}
	}
	workers.Wait()
	ran := fmt.Sprintf("fault sweep: %d cases ran in %s, %d failed, %d were left to `make sweep`\n", run.Load(), time.Since(began).Round(time.Second), failed.Load(), left.Load())
	t.Log(ran)
	sweepRan.Store(ran)
}

// sweepResult is what a scenario has come to.
type sweepResult struct {
	calls          int
	account        string   // tokens, feeds and who is on air
	disconnections []string // whose, and why
	gap            bool     // viewers had none of the feeds
}

// clean runs the scenario without a fault.
func (s sweepScenario) clean(t *testing.T) sweepResult {
	t.Helper()
	stage := s.set(t)
	if diags := stage.run(providerConfig(stage.srv)); len(diags.errors()) != 0 {
		t.Fatalf("%s, without a fault: %v", s.name, diags)
	}
	calls := len(stage.srv.Requests())
	stage.mustBeFinal(t)
	result := stage.result(t)
	result.calls = calls
	return result
}

// check runs the scenario with the fault, then without, and compares.
func (s sweepScenario) check(t *testing.T, c sweepCase, clean sweepResult) {
	stage := s.set(t)
	c.inject(stage.srv)
	with := stage.run(c.provider(stage.srv))
	stage.srv.ClearFaults()
	said := "the run with the fault said: " + with.String()

	if diags := stage.run(providerConfig(stage.srv)); len(diags.errors()) != 0 {
		t.Fatalf("the run after the fault: %v\n\n%s", diags, said)
	}
	stage.mustBeFinal(t)
	got := stage.result(t)
	if got.account != clean.account {
		t.Errorf("got\n%s\nwithout the fault\n%s\n%s", got.account, clean.account, said)
	}
	if fmt.Sprint(got.disconnections) != fmt.Sprint(clean.disconnections) {
		t.Errorf("disconnected %v, without the fault %v\n%s", got.disconnections, clean.disconnections, said)
	}
	if got.gap && !clean.gap {
		t.Errorf("viewers had a gap\n%s\n%s", stage.srv.Timeline(sweepStream, ""), said)
	}
	if t.Failed() {
		for _, r := range stage.srv.Requests() {
			t.Logf("%s %s %d %s %s", r.Method, r.Route, r.Status, r.Fault, r.Body)
		}
	}
}
