package switchover

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

const (
	streamsRoute = "/api/monitoring/streams"
	activeRoute  = "/api/publish_token/active/all"

	slowPoll = 100 * time.Millisecond
)

// slowStage is a stage whose operator has time for many changes in one poll.
func slowStage(t *testing.T, accountID string, opts ...emulator.Option) stage {
	t.Helper()
	s := newStage(t, accountID, append(opts, emulator.WithoutResponseChecks())...)
	s.Operator = New(s.client, Options{AccountID: accountID, PollInterval: slowPoll})
	return s
}

// solo creates live tokens, each with a stream of its own.
func (s stage) solo(count int, reconnect time.Duration) []int64 {
	var ids []int64
	for i := range count {
		name := fmt.Sprintf("stream-%03d", i)
		id := s.token(name, new(int32(10)), name)
		s.srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: name, ReconnectAfter: reconnect})
		ids = append(ids, id)
	}
	return ids
}

// raise reprioritizes tokens at the same time, and returns how long it took.
func (s stage) raise(t *testing.T, ids []int64) time.Duration {
	t.Helper()
	began := time.Now()
	var group sync.WaitGroup
	for _, id := range ids {
		group.Go(func() {
			cut := change(id, 30)
			cut.AllowInterruption = true
			if _, err := s.Reprioritize(t.Context(), cut); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	return time.Since(began)
}

func TestPoller_callsGrowWithTimeNotWithTheNumberOfChanges(t *testing.T) {
	t.Parallel()
	s := slowStage(t, "")
	const count = 50
	took := s.raise(t, s.solo(count, 4*slowPoll))

	// Before its call everybody has looked, and the first ones may have waited alone.
	singles, lists := s.srv.Count(http.MethodGet, streamRoute)-count, s.srv.Count(http.MethodGet, streamsRoute)
	rounds := int(took/(slowPoll/10)) + 1
	t.Logf("%d changes in %s: %d status calls, %d of them for the list", count, took, singles+lists, lists)
	if singles > 10 || lists == 0 || lists > 2*rounds {
		t.Errorf("%d single calls, %d list calls in %s", singles, lists, took)
	}
}

func TestPoller_aChangeThatWaitsAloneLooksForItself(t *testing.T) {
	t.Parallel()
	s := slowStage(t, "")
	// The waits are 25, 50 and 100 ms.
	s.raise(t, s.solo(1, 120*time.Millisecond))
	if gets := s.srv.Count(http.MethodGet, streamRoute); gets < 2 || gets > 4 {
		t.Errorf("%d calls for the stream, want one before the call and at most three after", gets)
	}
	if lists := s.srv.Count(http.MethodGet, streamsRoute); lists != 0 {
		t.Errorf("%d calls for the list", lists)
	}
}

func TestPoller_withoutLiveMonitoring(t *testing.T) {
	t.Parallel()
	for name, account := range map[string]string{"with the account id": "Abcde0", "without the account id": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := slowStage(t, account, emulator.WithoutLiveMonitoring())
			const count = 30
			ids := s.solo(count, 10*slowPoll)
			if _, err := s.Look(t.Context(), ids[0]); err != nil {
				t.Fatal(err)
			}
			s.srv.ResetRequests()
			took := s.raise(t, ids)

			// One before each change, and one when its feed is seen to be back.
			most := 2*count + int(took/(slowPoll/10)) + 10
			if calls := s.srv.Count(http.MethodGet, activeRoute); calls > most {
				t.Errorf("%d calls in %s, want at most %d", calls, took, most)
			}
		})
	}
}

func TestPoller_aListThatFailsEndsNoWaiting(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]emulator.Fault{
		"an error of the server": {Kind: emulator.FaultStatus, Status: 500},
		"a refusal":              {Kind: emulator.FaultStatus, Status: 400},
		"no permission":          {Kind: emulator.FaultStatus, Status: 403},
		"a page of HTML":         {Kind: emulator.FaultHTML, Status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := slowStage(t, "")
			fault.Method, fault.Route, fault.Times = http.MethodGet, streamsRoute, -1
			s.srv.Inject(fault)
			s.raise(t, s.solo(10, 2*slowPoll))
		})
	}
}

func TestPoller_oneThatGoesAwayTakesNoOtherWithIt(t *testing.T) {
	t.Parallel()
	s := slowStage(t, "", emulator.WithLatency(20*time.Millisecond))
	ids := s.solo(12, 4*slowPoll)
	var group sync.WaitGroup
	for i, id := range ids[6:] {
		group.Go(func() {
			cut := change(id, 30)
			cut.AllowInterruption = true
			ctx, cancel := context.WithTimeout(t.Context(), slowPoll+time.Duration(i)*20*time.Millisecond)
			defer cancel()
			if _, err := s.Reprioritize(ctx, cut); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("of one that goes away: %v", err)
			}
		})
	}
	s.raise(t, ids[:6])
	group.Wait()
}

// A list of thousands costs more than a look of each that waits.
func TestPoller_aLongListIsGivenUp(t *testing.T) {
	t.Parallel()
	s := slowStage(t, "")
	for i := range 350 {
		name := fmt.Sprintf("another-%03d", i)
		s.srv.StartEncoder(emulator.Encoder{TokenID: s.token(name, nil, name), Stream: name})
	}
	took := s.raise(t, s.solo(3, 4*slowPoll))
	// After as many looks as a try takes there may be another.
	tries := 1 + int(took/(10*slowPoll))
	if lists := s.srv.Count(http.MethodGet, streamsRoute); lists > 6*tries {
		t.Errorf("%d calls for the list in %s, want those of %d tries", lists, took, tries)
	}
}

func TestPoller_aTokenOfARegularExpressionSharesTheList(t *testing.T) {
	t.Parallel()
	s := slowStage(t, "")
	ids := s.solo(3, 2*slowPoll)
	for i := range 2 {
		id := s.token("regex", new(int32(10)), fmt.Sprintf("cam%d.+", i))
		s.srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: fmt.Sprintf("cam%d-a", i), ReconnectAfter: 2 * slowPoll})
		cut := change(id, 30)
		cut.AllowInterruption, cut.AllowMultipleStreams = true, true
		view, err := s.Look(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := s.takeSnapshot(t.Context(), append(tokensOf(t, s, ids), view.Token), 10)
		if err != nil {
			t.Fatal(err)
		}
		if shared, ok := seen.view(view.Token); !ok || len(shared.Live) != 1 || shared.Live[0].TokenID != id {
			t.Errorf("got %+v, %v", shared.Live, ok)
		}
		if _, err := s.Reprioritize(t.Context(), cut); err != nil {
			t.Error(err)
		}
	}
}

func tokensOf(t *testing.T, s stage, ids []int64) []millicast.PublishToken {
	t.Helper()
	var tokens []millicast.PublishToken
	for _, id := range ids {
		view, err := s.Look(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, view.Token)
	}
	return tokens
}
