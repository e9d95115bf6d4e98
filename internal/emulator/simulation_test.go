package emulator_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// Whatever happens, viewers get the highest live feed, or are on their way to it.
func TestSimulation_keepsItsRules(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			const delay = 200 * time.Millisecond
			random := rand.New(rand.NewPCG(seed, 1))
			a := newAccount(t)
			a.Server = emulator.New(emulator.WithClock(a.Now), emulator.WithSwitchoverDelay(delay))
			var ids []int64
			var encoders []emulator.EncoderID
			for i := range 4 {
				ids = append(ids, a.token(fmt.Sprint("token-", i), show, randomPriority(random)))
				encoders = append(encoders, a.StartEncoder(emulator.Encoder{
					TokenID:        ids[i],
					Stream:         show,
					ConnectAfter:   time.Duration(random.IntN(400)) * time.Millisecond,
					ReconnectAfter: time.Duration(1+random.IntN(400)) * time.Millisecond,
				}))
			}
			ms := 0
			for range 100 {
				// Often nothing passes at all, so that things fall on one instant.
				ms += random.IntN(3) * random.IntN(200)
				a.at(ms)
				i := random.IntN(len(ids))
				switch random.IntN(5) {
				case 0:
					a.RestartEncoder(encoders[i])
				case 1:
					a.StopEncoder(encoders[i])
				case 2:
					a.SetPriority(ids[i], randomPriority(random))
				case 3:
					a.UpdateToken(ids[i], func(token *emulator.Token) { token.IsActive = !token.IsActive })
				}
				checkRules(t, a, delay)
			}
		})
	}
}

// randomPriority returns one of a few priorities, so that there are ties.
func randomPriority(random *rand.Rand) *int32 {
	if random.IntN(4) == 0 {
		return nil
	}
	return new(int32(random.IntN(3) - 1))
}

// checkRules checks what has to be true at any time.
func checkRules(t *testing.T, a *account, delay time.Duration) {
	t.Helper()
	feeds, timeline := a.Feeds(show), a.Timeline(show, "")
	var onAir *emulator.Feed
	for i, f := range feeds {
		if !f.OnAir {
			continue
		}
		if onAir != nil {
			t.Fatalf("two feeds are on air: %+v", feeds)
		}
		onAir = &feeds[i]
	}

	if len(timeline.Spans) == 0 {
		if len(feeds) > 0 {
			t.Fatalf("there are feeds and no timeline: %+v", feeds)
		}
		return
	}
	last := timeline.Spans[len(timeline.Spans)-1]
	switch {
	case onAir == nil && timeline.OnAir() != 0:
		t.Fatalf("nothing is on air, but\n%v", timeline)
	case onAir == nil && len(feeds) > 0 && last.Duration() >= delay:
		// The wait for the next feed may have begun later than the gap did.
		if newest := feeds[len(feeds)-1].Since; timeline.To.Sub(newest) >= delay {
			t.Fatalf("there are feeds, but\n%v", timeline)
		}
	case onAir != nil && last.Feed != onAir.ID:
		t.Fatalf("%+v is on air, but\n%v", onAir, timeline)
	}
	for _, f := range feeds {
		if onAir != nil && rank(f.Priority) > rank(onAir.Priority) {
			t.Fatalf("%+v outranks %+v", f, onAir)
		}
	}
	for i, span := range timeline.Spans[1:] {
		if !span.From.Equal(timeline.Spans[i].To) {
			t.Fatalf("a hole before span %d\n%v", i+1, timeline)
		}
	}
	if !last.To.Equal(timeline.To) {
		t.Fatalf("the last span does not reach the end\n%v", timeline)
	}
}

// rank puts unset below every number.
func rank(priority *int32) int64 {
	if priority == nil {
		return -1 << 40
	}
	return int64(*priority)
}
