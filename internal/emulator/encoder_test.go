package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// wantRefused wants an encoder to be off, for a reason with these words.
func wantRefused(t *testing.T, a *account, id emulator.EncoderID, words string) {
	t.Helper()
	state, _ := a.Encoder(id)
	if state.Live || !strings.Contains(state.Refused, words) {
		t.Errorf("live %v, refused because %q; want refused because of %q", state.Live, state.Refused, words)
	}
}

// Only a token that exists, is active, has not expired and may publish the
// stream lets a new broadcast in.
func TestEncoder_isRefused(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		token emulator.TokenSeed
		words string
	}{
		"inactive":      {emulator.TokenSeed{Streams: []emulator.Stream{{Name: show}}, Inactive: true}, "not active"},
		"expired":       {emulator.TokenSeed{Streams: []emulator.Stream{{Name: show}}, Expires: 60}, "expired"},
		"other stream":  {emulator.TokenSeed{Streams: []emulator.Stream{{Name: "other"}}}, "may not publish"},
		"part of regex": {emulator.TokenSeed{Streams: []emulator.Stream{{Name: "ho", IsRegex: true}}}, "may not publish"},
		"regex as name": {emulator.TokenSeed{Streams: []emulator.Stream{{Name: "s.*"}}}, "may not publish"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			id := a.CreateToken(c.token)
			encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, ConnectAfter: time.Minute})
			a.at(60_000)
			wantRefused(t, a, encoder, c.words)
		})
	}
}

func TestEncoder_isRefusedWithoutAToken(t *testing.T) {
	t.Parallel()
	a := open(t)
	wantRefused(t, a, a.StartEncoder(emulator.Encoder{TokenID: 99, Stream: show}), "no such token")
}

// A regular expression has to fit the whole name.
func TestEncoder_publishesAStreamThatFitsARegex(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.CreateToken(emulator.TokenSeed{Streams: []emulator.Stream{{Name: "a|camera/[0-9]+", IsRegex: true}}})
	encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: "camera/12"})
	if state, _ := a.Encoder(encoder); !state.Live {
		t.Errorf("refused: %s", state.Refused)
	}
	wantRefused(t, a, a.StartEncoder(emulator.Encoder{TokenID: id, Stream: "camera/12b"}), "may not publish")
}

// An encoder that waits for its token connects with the attempt after it exists.
func TestEncoder_waitsForItsToken(t *testing.T) {
	t.Parallel()
	a := open(t)
	encoder := a.StartEncoder(emulator.Encoder{TokenLabel: "later", Stream: show, NeverReconnects: true})
	a.at(650)
	id := a.token("later", show, nil)
	a.at(899)
	wantRefused(t, a, encoder, "no such token")
	a.at(900)
	if state, _ := a.Encoder(encoder); !state.Live || state.TokenID != id || state.Refused != "" {
		t.Errorf("got %+v, want it live with token %d", state, id)
	}
}

// A running broadcast outlives the expiry; a new one can't start.
func TestEncoder_outlivesTheExpiry(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.CreateToken(emulator.TokenSeed{Streams: []emulator.Stream{{Name: show}}, Expires: 1})
	encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.at(5000)
	if len(a.Feeds(show)) != 1 {
		t.Error("the running broadcast ended with the expiry")
	}
	a.RestartEncoder(encoder)
	a.at(6000)
	wantRefused(t, a, encoder, "expired")
}

// isActive=false keeps new broadcasts out and leaves running ones alone.
func TestEncoder_outlivesDeactivation(t *testing.T) {
	t.Parallel()
	for name, deactivate := range map[string]func(*account, int64){
		"update": func(a *account, id int64) { a.call(200, "PUT", v2(id), `{"isActive":false}`) },
		"disable": func(a *account, id int64) {
			a.call(200, "PATCH", tokens+"/disable", map[string]any{"tokenIds": []int64{id}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			id := a.token("main", show, nil)
			encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
			deactivate(a, id)
			a.at(5000)
			if len(a.Feeds(show)) != 1 {
				t.Error("the running broadcast ended")
			}
			a.RestartEncoder(encoder)
			a.at(6000)
			wantRefused(t, a, encoder, "not active")
		})
	}
}

// A new secret makes the old one useless for new broadcasts only.
func TestEncoder_cannotReconnectWithAnOldSecret(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	before := a.stored(id).Secret
	a.call(200, "PUT", v2(id), `{"refreshToken":true}`)
	if after := a.stored(id).Secret; after == before || len(after) != 64 {
		t.Errorf("the secret went from %q to %q", before, after)
	}
	a.at(1000)
	if len(a.Feeds(show)) != 1 {
		t.Error("the running broadcast ended")
	}
	a.RestartEncoder(encoder)
	a.at(2000)
	wantRefused(t, a, encoder, "another secret")

	// An encoder that is set up anew has the new one.
	fresh := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	if state, _ := a.Encoder(fresh); !state.Live {
		t.Errorf("refused: %s", state.Refused)
	}
}

// Deleting a token ends its live broadcasts at once.
func TestEncoder_endsWithItsToken(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.at(1000)
	a.call(200, "DELETE", v1(id), nil)
	if feeds := a.Feeds(show); len(feeds) != 0 {
		t.Errorf("still live: %+v", feeds)
	}
	if gone := a.Disconnections(); len(gone) != 1 || gone[0].Cause != emulator.CauseDelete || !gone[0].At.Equal(epoch.Add(time.Second)) || !gone[0].OnAir {
		t.Errorf("got %+v, want one for the deletion after 1 s", gone)
	}
	a.at(9000)
	wantRefused(t, a, encoder, "no such token")
}

func TestEncoder_reconnectsAsItIsMade(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		encoder emulator.Encoder
		away    int // ms; -1: for good
	}{
		"by default after 300 ms": {emulator.Encoder{}, 300},
		"after its own time":      {emulator.Encoder{ReconnectAfter: 40 * time.Millisecond}, 40},
		"never":                   {emulator.Encoder{NeverReconnects: true}, -1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			c.encoder.TokenID, c.encoder.Stream = a.token("main", show, nil), show
			a.StartEncoder(c.encoder)
			a.at(1000)
			a.call(200, "POST", "/api/stream/reprioritize", map[string]any{"tokenId": c.encoder.TokenID, "updatePriority": 1})
			if c.away < 0 {
				a.at(100_000)
				if len(a.Feeds(show)) != 0 {
					t.Error("it came back")
				}
				return
			}
			a.at(5000)
			a.wantSpans(a.Timeline(show, ""), span{"main", 1000}, span{"", c.away}, span{"main", 4000 - c.away})
		})
	}
}

func TestEncoder_staysStoppedIfSoMade(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, StaysStopped: true})
	a.call(200, "POST", "/api/stream/reprioritize", map[string]any{"tokenId": id, "updatePriority": 1})
	a.at(1000)
	if len(a.Feeds(show)) != 1 {
		t.Fatal("it did not come back from a reprioritize")
	}
	a.call(200, "POST", "/api/stream/stop", `{"streamId":"Abcde0/show"}`)
	a.at(9000)
	if len(a.Feeds(show)) != 0 {
		t.Error("it came back from a stop")
	}
}

func TestEncoder_restartsAlsoIfStopped(t *testing.T) {
	t.Parallel()
	a := open(t)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, nil), Stream: show, NeverReconnects: true})
	a.StopEncoder(encoder)
	a.at(1000)
	a.RestartEncoder(encoder)
	a.at(1300)
	state, _ := a.Encoder(encoder)
	if !state.Live || state.Connects != 2 {
		t.Errorf("got %+v, want its second feed live", state)
	}
}

// A restart calls off the attempt that was to come.
func TestEncoder_makesOneAttemptAtATime(t *testing.T) {
	t.Parallel()
	a := open(t)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, nil), Stream: show, ReconnectAfter: 500 * time.Millisecond})
	a.RestartEncoder(encoder)
	a.at(300)
	a.RestartEncoder(encoder)
	a.at(799)
	if len(a.Feeds(show)) != 0 {
		t.Error("the attempt that was called off was made")
	}
	a.at(5000)
	if state, _ := a.Encoder(encoder); !state.Live || state.Connects != 2 {
		t.Errorf("got %+v, want its second feed live", state)
	}
}
