package switchover

import (
	"errors"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const stopRoute = "/api/stream/stop"

func TestStop_waitsUntilTheFeedsAreGone(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	for _, label := range []string{"iad", "phx"} {
		s.srv.StartEncoder(emulator.Encoder{TokenID: s.token(label, nil), Stream: mainStream, NeverReconnects: true})
	}
	stopped, err := s.Stop(t.Context(), mainStream)
	if err != nil || !stopped.Called || stopped.StillRuns || len(stopped.Before.Live) != 2 || len(stopped.After.Live) != 0 {
		t.Errorf("%+v, %v", stopped, err)
	}
}

func TestStop_callsNothingWhereNothingIsLive(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.token("iad", nil)
	stopped, err := s.Stop(t.Context(), mainStream)
	if err != nil || stopped.Called || s.srv.Count("POST", stopRoute) != 0 {
		t.Errorf("%+v, %v", stopped, err)
	}
}

func TestStop_seesThatNothingWasDone(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.encoder(s.token("iad", nil))
	s.srv.Inject(emulator.Fault{Route: stopRoute, Kind: emulator.FaultBody, Body: `{"status":"success","data":{"stoppingLevel":"Stream"}}`})
	stopped, err := s.Stop(t.Context(), mainStream)
	if err != nil || !stopped.Called || !stopped.StillRuns {
		t.Errorf("%+v, %v", stopped, err)
	}
}

// An encoder that is back at once is another connection.
func TestStop_encoderComesBack(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.srv.StartEncoder(emulator.Encoder{TokenID: s.token("iad", nil), Stream: mainStream, ReconnectAfter: time.Nanosecond})
	stopped, err := s.Stop(t.Context(), mainStream)
	if err != nil || !stopped.Called || stopped.StillRuns {
		t.Errorf("%+v, %v", stopped, err)
	}
}

func TestStop_withoutLiveMonitoring(t *testing.T) {
	t.Parallel()
	s := newStage(t, "", emulator.WithoutLiveMonitoring())
	s.encoder(s.token("iad", nil))
	if _, err := s.Stop(t.Context(), mainStream); !errors.Is(err, ErrNoAccount) || s.srv.Count("POST", stopRoute) != 0 {
		t.Errorf("without an account: %v", err)
	}
	named := newStage(t, "Abcde0", emulator.WithoutLiveMonitoring())
	named.srv.StartEncoder(emulator.Encoder{TokenID: named.token("iad", nil), Stream: mainStream, NeverReconnects: true})
	if stopped, err := named.Stop(t.Context(), mainStream); err != nil || !stopped.Called || len(named.srv.Feeds(mainStream)) != 0 {
		t.Errorf("with one: %+v, %v", stopped, err)
	}
}

// The answer is lost: Stop looks, and never sends the call a second time.
func TestStop_lostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		opts   []emulator.Option
		fault  emulator.FaultKind
		status int
		done   bool
	}{
		"after it was carried out":                         {nil, emulator.FaultDropAfter, 0, true},
		"after it was carried out, without LiveMonitoring": {[]emulator.Option{emulator.WithoutLiveMonitoring()}, emulator.FaultDropAfter, 0, true},
		"before":                         {nil, emulator.FaultDropBefore, 0, false},
		"before, without LiveMonitoring": {[]emulator.Option{emulator.WithoutLiveMonitoring()}, emulator.FaultDropBefore, 0, false},
		"by a proxy":                     {nil, emulator.FaultStatus, 504, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, "Abcde0", test.opts...)
			s.srv.StartEncoder(emulator.Encoder{TokenID: s.token("iad", nil), Stream: mainStream, NeverReconnects: true})
			s.srv.Inject(emulator.Fault{Route: stopRoute, Kind: test.fault, Status: test.status, Times: -1})
			stopped, err := s.Stop(t.Context(), mainStream)
			var call *CallError
			if test.done == (err != nil) || err != nil && !errors.As(err, &call) || !stopped.Called {
				t.Errorf("%+v, %v", stopped, err)
			}
			if n := s.srv.Count("POST", stopRoute); n != 1 {
				t.Errorf("%d calls, want 1", n)
			}
		})
	}
}

func TestStop_refusedByTheAPI(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	s.encoder(s.token("iad", nil))
	s.srv.Inject(emulator.Fault{Route: stopRoute, Kind: emulator.FaultStatus, Status: 403})
	var call *CallError
	if stopped, err := s.Stop(t.Context(), mainStream); !errors.As(err, &call) || stopped.Called {
		t.Errorf("%+v, %v", stopped, err)
	}
}
