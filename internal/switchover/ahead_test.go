package switchover

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

func TestReadAhead_readsAllAtTheSameTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		reads, now, most := 0, 0, 0
		read := func(ctx context.Context, key int) (int, error) {
			mu.Lock()
			reads, now = reads+1, now+1
			most = max(most, now)
			mu.Unlock()
			defer func() { mu.Lock(); now--; mu.Unlock() }()
			select {
			case <-time.After(time.Second):
				return 10 * key, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		keys := []int{1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10}
		began := time.Now()
		a, end := readAhead(t.Context(), read, keys)
		defer end()
		for _, key := range append(keys, 11) {
			if got, err := a.get(t.Context(), key); err != nil || got != 10*key {
				t.Errorf("%d: got %d, %v", key, got, err)
			}
		}
		if reads != 11 || most != aheadAtOnce || time.Since(began) != 3*time.Second {
			t.Errorf("%d reads, %d at the same time, in %s", reads, most, time.Since(began))
		}
	})
}

func TestReadAhead_endsWhatNobodyWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		_, end := readAhead(t.Context(), func(ctx context.Context, _ string) (int, error) {
			<-ctx.Done()
			ended <- ctx.Err()
			return 0, ctx.Err()
		}, []string{"one"})
		synctest.Wait()
		end()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// meeting is a transport that lets no GET through before so many are under way.
type meeting struct {
	pool http.Transport
	want int

	mu   sync.Mutex
	here int
	met  chan struct{}
	late []string
}

func (m *meeting) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodGet {
		m.mu.Lock()
		m.here++
		if m.here == m.want {
			close(m.met)
		}
		m.mu.Unlock()
		select {
		case <-m.met:
		case <-time.After(2 * time.Second):
			m.mu.Lock()
			m.late = append(m.late, req.URL.Path)
			m.mu.Unlock()
		}
	}
	return m.pool.RoundTrip(req)
}

// meet returns an operator whose first readings must be under way together.
func (s stage) meet(t *testing.T, want int) (*Operator, *meeting) {
	t.Helper()
	m := &meeting{want: want, met: make(chan struct{})}
	t.Cleanup(m.pool.CloseIdleConnections)
	client, err := millicast.New(s.srv.Secret(), millicast.WithBaseURL(s.srv.URL()), millicast.WithTransport(m))
	if err != nil {
		t.Fatal(err)
	}
	return New(client, Options{PollInterval: 10 * time.Millisecond}), m
}

func (m *meeting) check(t *testing.T) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.late) > 0 {
		t.Errorf("read one after the other: %s", strings.Join(m.late, ", "))
	}
}

func TestReprioritize_looksAtTokenAndStreamsTogether(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	token := s.solo(1, time.Millisecond)[0]
	o, m := s.meet(t, 2)
	raise := change(token, 30)
	raise.AllowInterruption, raise.Streams = true, []string{"stream-000"}
	if _, err := o.Reprioritize(t.Context(), raise); err != nil {
		t.Fatal(err)
	}
	m.check(t)
}

func TestReprioritize_looksAtAStreamThatNobodyExpected(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	token := s.solo(1, time.Millisecond)[0]
	raise := change(token, 30)
	raise.Streams = []string{"another"} // It was renamed since.
	var refused *RefusedError
	if _, err := s.Reprioritize(t.Context(), raise); !errors.As(err, &refused) || refused.Reason != Interruption {
		t.Errorf("the only feed of the stream is not protected: %v", err)
	}
	if s.calls() != 0 {
		t.Error("it was disconnected")
	}
}

func TestLookAtOrder_readsTokensAndStreamTogether(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	var order []int64
	for _, label := range []string{"one", "two", "three"} {
		id := s.token(label, new(int32(10)), "main")
		s.srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: "main"})
		order = append(order, id)
	}
	o, m := s.meet(t, 4)
	view, err := o.LookAtOrder(t.Context(), "main", order, true)
	if err != nil || len(view.Tokens) != 3 || len(view.Live) != 3 {
		t.Errorf("%d tokens, %d feeds, %v", len(view.Tokens), len(view.Live), err)
	}
	m.check(t)
}

func TestLookOut_readsAllThatAMemoryTellsTogether(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	standby := s.token("standby", new(int32(10)), "main")
	onAir := s.token("on air", new(int32(20)), "main")
	for _, id := range []int64{standby, onAir} {
		s.srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: "main"})
	}
	memory := Memory{TokenID: standby, Live: []failover.Feed{{TokenID: standby, Stream: "main"}, {TokenID: onAir, Stream: "main"}}}
	o, m := s.meet(t, 3)
	look := o.LookOut(t.Context(), standby, memory)
	defer look.End()
	view, err := look.View(t.Context())
	if err != nil || view.Token.ID != standby || len(view.Live) != 2 {
		t.Errorf("token %d, %d feeds, %v", view.Token.ID, len(view.Live), err)
	}
	if got := look.Labels(t.Context(), view); got[onAir] != "on air" || got[standby] != "standby" {
		t.Errorf("labels %v", got)
	}
	m.check(t)
	if calls := s.srv.Count("", ""); calls != 3 {
		t.Errorf("%d calls, want 3", calls)
	}
}

// What a memory tells is where to look, not what is there.
func TestLookOut_believesNoMemory(t *testing.T) {
	t.Parallel()
	s := newStage(t, "")
	token := s.token("standby", new(int32(10)), "main", "second")
	s.srv.StartEncoder(emulator.Encoder{TokenID: token, Stream: "second"})
	look := s.LookOut(t.Context(), token, Memory{TokenID: token, Live: []failover.Feed{{TokenID: token, Stream: "gone"}}})
	defer look.End()
	view, err := look.View(t.Context())
	if err != nil || !slices.Equal(view.Streams(), []string{"main", "second"}) || !view.IsLive() {
		t.Errorf("streams %v, live %t, %v", view.Streams(), view.IsLive(), err)
	}
}
