package provider

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// contextKey is the key of what the tests put into contexts.
type contextKey struct{}

// Terraform makes four calls for each resource of a plan. A server that keeps
// what they were given grows by 300 MB with 10,000 resources.
func TestServer_keepsNothingOfACallThatIsOver(t *testing.T) {
	t.Parallel()

	const calls = 20
	server := NewServer("test")()
	var freed atomic.Int32
	for range calls {
		held := &struct{ kilobytes [7 << 10]byte }{}
		runtime.AddCleanup(held, func(freed *atomic.Int32) { freed.Add(1) }, &freed)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), contextKey{}, held))
		if _, err := server.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
			TypeName: "millicast_publish_token", RawState: &tfprotov6.RawState{JSON: []byte(`{"id":1}`)},
		}); err != nil {
			t.Fatal(err)
		}
		cancel()
	}

	// The last one may still be on a stack.
	for deadline := time.Now().Add(10 * time.Second); freed.Load() < calls-1; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the server lets go of %d of %d calls", freed.Load(), calls)
		}
		runtime.GC()
	}
	runtime.KeepAlive(server)
}

// Whatever this CLI asks for, a later one may ask for more.
func TestServer_offersAllThatTheFrameworkDoes(t *testing.T) {
	t.Parallel()

	server := NewServer("test")()
	if _, ok := server.(leanServer); !ok {
		t.Errorf("the server is a %T: the framework's has lost or changed a call that leanServer passes on", server)
	}
	if _, ok := server.(tfprotov6.ListResourceServer); !ok {
		t.Error("the server has no list resources")
	}
	if _, ok := server.(tfprotov6.ActionServer); !ok {
		t.Error("the server has no actions")
	}
}

func TestBriefContext_passesOnUntilItEnds(t *testing.T) {
	t.Parallel()

	deadline := time.Now().Add(time.Hour)
	parent, cancel := context.WithDeadline(context.WithValue(t.Context(), contextKey{}, "seen"), deadline)
	defer cancel()
	brief, end := newBriefContext(parent)
	derived, cancelDerived := context.WithCancel(brief)
	defer cancelDerived()

	if got, ok := brief.Deadline(); !ok || !got.Equal(deadline) {
		t.Errorf("deadline %v, %t", got, ok)
	}
	if derived.Value(contextKey{}) != "seen" || derived.Err() != nil {
		t.Errorf("value %v, error %v", derived.Value(contextKey{}), derived.Err())
	}

	end()
	for name, ctx := range map[string]context.Context{"brief": brief, "derived": derived} {
		select {
		case <-ctx.Done():
		default:
			t.Errorf("%s is not done after the end", name)
		}
		if !errors.Is(ctx.Err(), context.Canceled) || ctx.Value(contextKey{}) != nil {
			t.Errorf("%s: error %v, value %v", name, ctx.Err(), ctx.Value(contextKey{}))
		}
	}
}

func TestBriefContext_isCanceledWithWhatItPassesOn(t *testing.T) {
	t.Parallel()

	parent, cancel := context.WithCancel(t.Context())
	brief, end := newBriefContext(parent)
	defer end()
	derived, cancelDerived := context.WithCancel(brief)
	defer cancelDerived()

	cancel()
	select {
	case <-derived.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("an interrupt does not reach what a call does")
	}
}

func TestCollectLess_leavesAloneWhatIsSet(t *testing.T) {
	t.Parallel()
	for set, want := range map[string]int{"": garbageShare + memoryGoal, "GOGC": 0, "GOMEMLIMIT": 0} {
		got := 0
		collectLess(func(name string) string {
			if name == set {
				return "50"
			}
			return ""
		}, func(percent int) int { got += percent; return 100 }, func(bytes int64) int64 { got += int(bytes); return 0 })
		if got != want {
			t.Errorf("with %q set: %d, want %d", set, got, want)
		}
	}
}
