package switchover

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

const (
	mainStream = "main_stream"
	reconnect  = 40 * time.Millisecond
	poll       = 10 * time.Millisecond

	reprioritizeRoute = "/api/stream/reprioritize"
	tokenRoute        = "/api/publish_token/{tokenId}"
	streamRoute       = "/api/monitoring/streams/{streamName}"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is an account with a stream, and an operator of it.
type stage struct {
	*Operator
	srv *emulator.Server
}

func newStage(t *testing.T, accountID string, opts ...emulator.Option) stage {
	t.Helper()

	srv := emulator.Start(t, append([]emulator.Option{emulator.WithSwitchoverDelay(20 * time.Millisecond)}, opts...)...)
	client, err := millicast.New(srv.Secret(), millicast.WithBaseURL(srv.URL()), millicast.WithRetryWait(time.Millisecond, time.Millisecond), millicast.WithMaxRetries(2))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return stage{Operator: New(client, Options{AccountID: accountID, PollInterval: poll}), srv: srv}
}

// token creates a token of the main stream, or of the streams named.
func (s stage) token(label string, priority *int32, streams ...string) int64 {
	if len(streams) == 0 {
		streams = []string{mainStream}
	}
	seed := emulator.TokenSeed{Label: label, Priority: priority}
	for _, name := range streams {
		seed.Streams = append(seed.Streams, emulator.Stream{Name: name, IsRegex: strings.ContainsAny(name, ".+*[")})
	}
	return s.srv.CreateToken(seed)
}

func (s stage) encoder(token int64) {
	s.srv.StartEncoder(emulator.Encoder{TokenID: token, Stream: mainStream, ReconnectAfter: reconnect})
}

func (s stage) calls() int { return s.srv.Count("POST", reprioritizeRoute) }

func change(token int64, priority int32) Change {
	return Change{TokenID: token, Priority: priority, WaitForReconnect: true}
}

func withTimeout(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestReprioritize_raisesTheStandbyWithoutAGap(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.encoder(b)

	outcome, err := s.Reprioritize(t.Context(), change(b, 30))
	if err != nil {
		t.Fatal(err)
	}
	if !outcome.Called || len(outcome.NotOnAir) > 0 {
		t.Errorf("outcome: %+v", outcome)
	}
	timeline := s.srv.Timeline(mainStream, "")
	if timeline.OnAir() != b || timeline.Switches() != 1 || timeline.Gap() != 0 {
		t.Errorf("want one switch to %d without a gap:\n%s", b, timeline)
	}
	if s.calls() != 1 {
		t.Errorf("%d calls, want 1", s.calls())
	}
}

func TestReprioritize_callsNothingIfThePriorityIsInEffect(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a := s.token("a", new(int32(20)))
	s.encoder(a)

	outcome, err := s.Reprioritize(t.Context(), change(a, 20))
	if err != nil || outcome.Called {
		t.Errorf("called %v, err %v", outcome.Called, err)
	}
	if writes := s.srv.Writes(); len(writes) > 0 {
		t.Errorf("writes: %v", writes)
	}
}

// Update Token stores a priority that counts when the feed restarts.
func TestReprioritize_putsAStoredPriorityInEffect(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.encoder(b)
	s.srv.SetPriority(b, new(int32(30)))

	outcome, err := s.Reprioritize(t.Context(), change(b, 30))
	if err != nil || len(outcome.Decision.Outdated) != 1 {
		t.Fatalf("outdated %v, err %v", outcome.Decision.Outdated, err)
	}
	if s.calls() != 1 || s.srv.Timeline(mainStream, "").OnAir() != b {
		t.Errorf("%d calls, %d on air", s.calls(), s.srv.Timeline(mainStream, "").OnAir())
	}
}

func TestReprioritize_refusesTheOnlyLiveFeed(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a := s.token("a", new(int32(20)))
	s.token("b, not live", new(int32(10)))
	s.encoder(a)

	_, err := s.Reprioritize(t.Context(), change(a, 5))
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Reason != Interruption {
		t.Fatalf("err %v", err)
	}
	if s.calls() != 0 {
		t.Errorf("%d calls after a refusal", s.calls())
	}

	allowed := change(a, 5)
	allowed.AllowInterruption = true
	if _, err := s.Reprioritize(t.Context(), allowed); err != nil {
		t.Errorf("allowed: %v", err)
	}
}

// A standby of one source is no standby for another.
func TestReprioritize_judgesRedundancyPerSource(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	for _, source := range []string{"cam1", "cam2"} {
		s.srv.StartEncoder(emulator.Encoder{TokenID: a, Stream: mainStream, SourceID: source, ReconnectAfter: reconnect})
	}
	s.srv.StartEncoder(emulator.Encoder{TokenID: b, Stream: mainStream, SourceID: "cam1", ReconnectAfter: reconnect})

	_, err := s.Reprioritize(t.Context(), change(a, 5))
	var refused *RefusedError
	if !errors.As(err, &refused) || !refused.Decision.Interrupts() {
		t.Fatalf("err %v", err)
	}
}

func TestReprioritize_waitsForEverySource(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a := s.token("a", new(int32(20)))
	s.srv.StartEncoder(emulator.Encoder{TokenID: a, Stream: mainStream, SourceID: "cam1", ReconnectAfter: reconnect})
	s.srv.StartEncoder(emulator.Encoder{TokenID: a, Stream: mainStream, SourceID: "cam2", NeverReconnects: true})

	allowed := change(a, 5)
	allowed.AllowInterruption = true
	_, err := s.Reprioritize(withTimeout(t, 2*time.Second), allowed)
	var notBack *NotBackError
	if !errors.As(err, &notBack) || !slices.Equal(notBack.Missing, []Missing{{Stream: mainStream, Source: "cam2"}}) {
		t.Fatalf("err %+v", err)
	}
}

func TestReprioritize_refusesATokenOfSeveralStreams(t *testing.T) {
	t.Parallel()
	for name, streams := range map[string][]string{
		"two names":            {mainStream, "second"},
		"a regular expression": {"main_.+"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "")
			a, b := s.token("a", new(int32(20)), streams...), s.token("b", new(int32(10)))
			s.encoder(a)
			s.encoder(b)

			_, err := s.Reprioritize(t.Context(), change(a, 30))
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Reason != SeveralStreams {
				t.Fatalf("err %v", err)
			}
			allowed := change(a, 30)
			allowed.AllowMultipleStreams = true
			if _, err := s.Reprioritize(t.Context(), allowed); err != nil {
				t.Fatalf("allowed: %v", err)
			}
			if s.calls() != 1 {
				t.Errorf("%d calls, want 1", s.calls())
			}
		})
	}
}

func TestReprioritize_stopsIfThePriorityChangedSinceThePlan(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.encoder(b)
	s.srv.SetPriority(b, new(int32(11)))

	planned := change(b, 30)
	planned.Expected = new(failover.Number(10))
	_, err := s.Reprioritize(t.Context(), planned)
	var changed *ChangedError
	if !errors.As(err, &changed) || changed.Decision.View.Priority() != failover.Number(11) {
		t.Fatalf("err %v", err)
	}
	if s.calls() != 0 {
		t.Errorf("%d calls", s.calls())
	}
}

func TestReprioritize_stopsIfACallIsNeededThatNobodyPlanned(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a := s.token("a", new(int32(20)))
	s.srv.SetPriority(a, new(int32(10)))
	planned := change(a, 20)
	planned.LookOnly = true

	_, err := s.Reprioritize(t.Context(), planned)
	var changed *ChangedError
	if !errors.As(err, &changed) || s.calls() != 0 {
		t.Fatalf("%d calls, err %v", s.calls(), err)
	}
}

func TestReprioritize_reportsAnEncoderThatNeverReconnects(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.srv.StartEncoder(emulator.Encoder{TokenID: b, Stream: mainStream, NeverReconnects: true})

	outcome, err := s.Reprioritize(withTimeout(t, 2*time.Second), change(b, 30))
	var notBack *NotBackError
	if !errors.As(err, &notBack) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("err %v", err)
	}
	if !outcome.Called || s.calls() != 1 {
		t.Errorf("called %v, %d calls", outcome.Called, s.calls())
	}
	if gap := s.srv.Timeline(mainStream, "").Gap(); gap != 0 {
		t.Errorf("viewers have had %s without a picture", gap)
	}
	// The rest of the work: nothing, and no second disconnection.
	if _, err := s.Reprioritize(t.Context(), change(b, 30)); err != nil || s.calls() != 1 {
		t.Errorf("again: %d calls, err %v", s.calls(), err)
	}
}

func TestReprioritize_namesAnExplicitPriorityAndNeverTriesAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.srv.StartEncoder(emulator.Encoder{TokenID: b, Stream: mainStream, ReconnectAfter: reconnect, Priority: new(int32(7))})

	outcome, err := s.Reprioritize(t.Context(), change(b, 30))
	var explicit *ExplicitPriorityError
	if !errors.As(err, &explicit) {
		t.Fatalf("err %v", err)
	}
	want := []ExplicitFeed{{Stream: mainStream, Priority: "7"}}
	if !slices.Equal(outcome.Explicit, want) {
		t.Errorf("explicit: %v, want %v", outcome.Explicit, want)
	}

	again := change(b, 30)
	again.Explicit = outcome.Explicit
	if _, err := s.Reprioritize(t.Context(), again); err != nil || s.calls() != 1 {
		t.Errorf("again: %d calls, err %v", s.calls(), err)
	}
}

func TestReprioritize_oneFeedOfAStreamIsAwayAtATime(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	top := s.token("top", new(int32(100)))
	s.encoder(top)
	var wg sync.WaitGroup
	for i := range 6 {
		id := s.token("standby", new(int32(i)))
		s.encoder(id)
		wg.Go(func() {
			if _, err := s.Reprioritize(t.Context(), change(id, int32(i+50))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	if most := s.srv.MaxAway(mainStream); most != 1 {
		t.Errorf("%d feeds were away at a time, want 1", most)
	}
	if gap := s.srv.Timeline(mainStream, "").Gap(); gap != 0 {
		t.Errorf("viewers have had %s without a picture", gap)
	}
}

func TestReprioritize_differentStreamsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	slow, fast := s.token("slow", nil, "slow"), s.token("fast", nil, "fast")
	s.srv.StartEncoder(emulator.Encoder{TokenID: slow, Stream: "slow", NeverReconnects: true})
	s.srv.StartEncoder(emulator.Encoder{TokenID: fast, Stream: "fast", ReconnectAfter: reconnect})

	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() {
		blocked := change(slow, 1)
		blocked.AllowInterruption = true
		_, err := s.Reprioritize(ctx, blocked)
		waiting <- err
	}()
	for s.calls() == 0 {
		time.Sleep(time.Millisecond)
	}
	quick := change(fast, 1)
	quick.AllowInterruption = true
	if _, err := s.Reprioritize(t.Context(), quick); err != nil {
		t.Error(err)
	}

	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("the interrupted change: %v", err)
	}
}

// An answer that is lost proves nothing: what counts is what is there.
func TestReprioritize_lostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault emulator.FaultKind
		done  bool
	}{
		"after the work: the call is not repeated":           {emulator.FaultDropAfter, true},
		"truncated after the work: the call is not repeated": {emulator.FaultTruncate, true},
		"before the work: the call may still be on its way":  {emulator.FaultDropBefore, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "")
			a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
			s.encoder(a)
			s.encoder(b)
			s.srv.Inject(emulator.Fault{Method: "POST", Route: reprioritizeRoute, Kind: test.fault})

			outcome, err := s.Reprioritize(t.Context(), change(b, 30))
			if (err == nil) != test.done || !outcome.Called || s.calls() != 1 {
				t.Errorf("%d calls, called %v, err %v", s.calls(), outcome.Called, err)
			}
			// The next run reads what is there, and does the rest.
			if _, err := s.Reprioritize(t.Context(), change(b, 30)); err != nil {
				t.Error(err)
			}
			if n := len(s.srv.Disconnections()); n != 1 {
				t.Errorf("%d disconnections, want 1", n)
			}
		})
	}
}

func TestReprioritize_readingsThatFailDoNotEndTheWaiting(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.encoder(b)
	// The first reading is the look before the call.
	s.srv.Inject(emulator.Fault{Method: "GET", Route: streamRoute, Call: 2, Times: 4, Kind: emulator.FaultStatus, Status: 502})

	if _, err := s.Reprioritize(t.Context(), change(b, 30)); err != nil {
		t.Error(err)
	}
}

func TestReprioritize_withoutLiveMonitoring(t *testing.T) {
	t.Parallel()
	for name, account := range map[string]string{"with the account id": "Abcde0", "without the account id": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, account, emulator.WithoutLiveMonitoring())
			a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
			s.encoder(a)

			_, err := s.Reprioritize(t.Context(), change(a, 5))
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Reason != Interruption {
				t.Fatalf("no other token is active: err %v", err)
			}
			s.encoder(b)
			outcome, err := s.Reprioritize(t.Context(), change(b, 30))
			if err != nil {
				t.Fatal(err)
			}
			if outcome.After.Monitored || !outcome.After.IsLive() {
				t.Errorf("after: %+v", outcome.After)
			}
			if _, known := Decide(outcome.After, failover.Number(30), nil).InEffect(); known {
				t.Error("nobody can tell whether the priority is in effect")
			}
		})
	}
}

func TestReprioritize_doesNotWaitIfNotAsked(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.srv.StartEncoder(emulator.Encoder{TokenID: b, Stream: mainStream, NeverReconnects: true})

	hasty := change(b, 30)
	hasty.WaitForReconnect = false
	if outcome, err := s.Reprioritize(t.Context(), hasty); err != nil || !outcome.Called {
		t.Errorf("called %v, err %v", outcome.Called, err)
	}
}

func TestReprioritize_missingToken(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")

	_, err := s.Reprioritize(t.Context(), change(99, 1))
	if !millicast.IsGone(err) {
		t.Errorf("err %v", err)
	}
}

func TestUnset_disconnectsNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a := s.token("a", new(int32(20)))
	s.encoder(a)

	if _, err := s.Unset(t.Context(), Change{TokenID: a, Expected: new(failover.Number(20))}); err != nil {
		t.Fatal(err)
	}
	if token, _ := s.srv.Token(a); token.Priority != nil {
		t.Errorf("priority %d", *token.Priority)
	}
	if n := len(s.srv.Disconnections()); n != 0 {
		t.Errorf("%d disconnections", n)
	}
}

func TestLabels_ofAllLiveTokens(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)), "main_.+")
	s.encoder(a)
	s.encoder(b)
	view, err := s.Look(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	labels := s.Labels(t.Context(), view)
	if labels[a] != "a" || labels[b] != "b" {
		t.Errorf("labels: %v", labels)
	}
}

func TestOwners_oneOwnerForAPriority(t *testing.T) {
	t.Parallel()
	var owners Owners
	if _, conflict := owners.Claim(1, "the token"); conflict {
		t.Error("the first claim is a conflict")
	}
	if _, conflict := owners.Claim(1, "the token"); conflict {
		t.Error("the same owner again is a conflict")
	}
	if other, conflict := owners.Claim(1, "somebody else"); !conflict || other != "the token" {
		t.Errorf("conflict %v with %q", conflict, other)
	}
}

func TestMemory_survivesEncoding(t *testing.T) {
	t.Parallel()
	memory := Memory{Created: true, Previous: new(int32(0)), Continued: true, Explicit: []ExplicitFeed{{Stream: "s", Source: "c", Priority: "unset"}}}
	got, err := DecodeMemory(memory.Encode())
	if err != nil || *got.Previous != 0 || !got.Created || !got.Continued || !slices.Equal(got.Explicit, memory.Explicit) {
		t.Errorf("got %+v, err %v", got, err)
	}
	if got, err := DecodeMemory(nil); err != nil || got.Created {
		t.Errorf("of nothing: %+v, err %v", got, err)
	}
}

// A token that lets no new broadcasts in leaves running ones alone.
func TestReprioritize_refusesATokenWhoseEncoderCouldNotReconnect(t *testing.T) {
	t.Parallel()
	for name, shut := range map[string]func(*emulator.Token){
		"disabled": func(token *emulator.Token) { token.IsActive = false },
		"expired":  func(token *emulator.Token) { token.ExpiresOn = new(time.Now().Add(-time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "")
			a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
			s.encoder(a)
			s.encoder(b)
			s.srv.UpdateToken(b, shut)

			forced := change(b, 30)
			forced.AllowInterruption, forced.AllowMultipleStreams = true, true
			_, err := s.Reprioritize(t.Context(), forced)
			var refused *RefusedError
			if !errors.As(err, &refused) || refused.Reason != CannotReturn || s.calls() != 0 {
				t.Errorf("%d calls, err %v", s.calls(), err)
			}
		})
	}
}

// The encoder was taught to go without priority=, as it was told.
func TestPrune_forgetsAnExplicitPriorityThatIsGone(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(30)))
	s.encoder(a)
	s.encoder(b)
	view, err := s.Look(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	known := []ExplicitFeed{{Stream: mainStream, Priority: "10"}, {Stream: mainStream, Source: "cam2", Priority: "10"}}
	if got := Prune(known, view); !slices.Equal(got, known[1:]) {
		t.Errorf("got %v, want what is not seen: %v", got, known[1:])
	}
}

func TestReprioritize_priorityChangedWhileWaitingIsNotExplicit(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(a)
	s.srv.StartEncoder(emulator.Encoder{TokenID: b, Stream: mainStream, ReconnectAfter: 4 * reconnect})
	go func() {
		for s.calls() == 0 {
			time.Sleep(time.Millisecond)
		}
		s.srv.SetPriority(b, new(int32(11)))
	}()

	outcome, err := s.Reprioritize(t.Context(), change(b, 30))
	var changed *ChangedError
	if !errors.As(err, &changed) || changed.What != WhileWaiting || len(outcome.Explicit) != 0 || !outcome.Called {
		t.Errorf("outcome %+v, err %v", outcome.Explicit, err)
	}
}

func TestReprioritize_stopsIfTheFeedIsOnAirByNow(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a, b := s.token("a", new(int32(20))), s.token("b", new(int32(10)))
	s.encoder(b)
	planned := change(a, 5)
	planned.Foreseen = new(failover.Verdict(-1)) // It was idle.
	s.encoder(a)

	_, err := s.Reprioritize(t.Context(), planned)
	var changed *ChangedError
	if !errors.As(err, &changed) || changed.What != LiveFeeds || s.calls() != 0 {
		t.Errorf("%d calls, err %v", s.calls(), err)
	}
}

func TestLook_wrongAccountIDDoesNotHideALiveFeed(t *testing.T) {
	t.Parallel()
	s := newStage(t, "WRONG1", emulator.WithoutLiveMonitoring())
	a := s.token("a", new(int32(20)))
	s.encoder(a)

	_, err := s.Reprioritize(t.Context(), change(a, 5))
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Reason != Interruption || s.calls() != 0 {
		t.Errorf("%d calls, err %v", s.calls(), err)
	}
}

func TestLook_oneRefusalDoesNotSwitchLiveMonitoringOff(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	a := s.token("a", new(int32(20)))
	s.encoder(a)
	s.srv.Inject(emulator.Fault{Method: "GET", Route: streamRoute, Kind: emulator.FaultHTML, Status: 403})

	if _, err := s.Look(t.Context(), a); err == nil {
		t.Error("no error of a reading that failed")
	}
	if view, err := s.Look(t.Context(), a); err != nil || !view.Monitored {
		t.Errorf("view %+v, err %v", view, err)
	}
}
