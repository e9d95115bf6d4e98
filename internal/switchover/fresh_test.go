package switchover

import (
	"errors"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/failover"
)

// known reads a token and its stream for a plan, so that both would be known
// without a call.
func (s stage) known(t *testing.T, id int64) View {
	t.Helper()
	token, err := s.client.PublishTokens.Read(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	view, err := s.LookAt(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return view
}

func TestReprioritize_doesNotBelieveAPriorityThatWasReadBefore(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	token := s.token("standby", new(int32(10)))
	s.known(t, token)
	s.srv.UpdateToken(token, func(t *emulator.Token) { t.Priority = new(int32(15)) })

	planned := change(token, 30)
	planned.Expected, planned.Streams = new(failover.Number(10)), []string{mainStream}
	var changed *ChangedError
	if _, err := s.Reprioritize(t.Context(), planned); !errors.As(err, &changed) || s.calls() != 0 {
		t.Errorf("got %v after %d calls", err, s.calls())
	}
}

func TestReprioritize_doesNotBelieveThatAnotherIsStillLive(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	onAir, standby := s.token("on air", new(int32(20))), s.token("standby", new(int32(10)))
	s.encoder(onAir)
	other := s.srv.StartEncoder(emulator.Encoder{TokenID: standby, Stream: mainStream})
	if view := s.known(t, onAir); len(view.Live) != 2 {
		t.Fatalf("%d feeds", len(view.Live))
	}
	s.srv.StopEncoder(other)

	lower := change(onAir, 5)
	lower.Streams = []string{mainStream}
	var refused *RefusedError
	if _, err := s.Reprioritize(t.Context(), lower); !errors.As(err, &refused) || s.calls() != 0 {
		t.Errorf("the last feed of the stream is disconnected: %v after %d calls", err, s.calls())
	}
}
