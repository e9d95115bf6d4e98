package millicast

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const createRoute = "/api/publish_token"

var studio = PublishTokenCreate{Label: "studio", Streams: []StreamName{{StreamName: "main"}}}

// emulated returns a Client of an emulator, which loses the answers to this
// many creates.
func emulated(t *testing.T, lost int) (*Client, *emulator.Server) {
	t.Helper()
	srv := emulator.Start(t)
	if lost > 0 {
		srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Times: lost, Kind: emulator.FaultDropAfter})
	}
	c, err := New(srv.Secret(), WithBaseURL(srv.URL()), WithRetryWait(time.Microsecond, time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, srv
}

// Creates that look alike must not take each other's tokens.
func TestCreateOnce_manyLostAtOnce(t *testing.T) {
	t.Parallel()
	const n = 10
	c, srv := emulated(t, n)

	ids := make([]int64, n)
	var creates sync.WaitGroup
	for i := range n {
		creates.Go(func() {
			created, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
			if err != nil {
				t.Error(err)
			}
			ids[i] = created.ID
		})
	}
	creates.Wait()
	slices.Sort(ids)
	if len(slices.Compact(ids)) != n || len(srv.Tokens()) != n {
		t.Errorf("ids %v, %d tokens", ids, len(srv.Tokens()))
	}
}

func TestCreateOnce_answersAsTheCreate(t *testing.T) {
	t.Parallel()
	c, srv := emulated(t, 1)
	created, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token := srv.Tokens()[0]; created.ID != token.ID || created.Token.Reveal() != token.Secret || created.Resumed {
		t.Errorf("created %+v, want %+v", created, token)
	}
}

func TestCreateOnce_costsNothingWhereNothingIsLost(t *testing.T) {
	t.Parallel()
	c, srv := emulated(t, 0)
	if _, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil); err != nil {
		t.Fatal(err)
	}
	if got := len(srv.Requests()); got != 1 {
		t.Errorf("%d requests", got)
	}
}

func TestCreateOnce_stopsWithItsContext(t *testing.T) {
	t.Parallel()
	c, srv := emulated(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	srv.Inject(emulator.Fault{Method: "POST", Kind: emulator.FaultSlow, Delay: time.Minute})
	go func() {
		// The API has made the token, and holds its answer back.
		for len(srv.Tokens()) == 0 && t.Context().Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()

	_, err := c.PublishTokens.CreateOnce(ctx, studio, nil)
	var lost *LostCreateError
	if !errors.As(err, &lost) || !errors.Is(err, context.Canceled) || lost.Look == nil {
		t.Fatalf("err %v", err)
	}
	// The next run finds it.
	found, err := c.PublishTokens.Recover(t.Context(), studio, lost.Attempt)
	if err != nil || found.ID != srv.Tokens()[0].ID {
		t.Errorf("found %v, err %v", found, err)
	}
}

func TestCreateOnce_refusedIsNotLost(t *testing.T) {
	t.Parallel()
	c, srv := emulated(t, 0)
	srv.Inject(emulator.Fault{Method: "POST", Kind: emulator.FaultStatus, Status: 429, Times: -1})
	_, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
	var lost *LostCreateError
	if errors.As(err, &lost) || !IsRateLimited(err) {
		t.Errorf("err %v", err)
	}
}

func TestCreateOnce_takesAHalfMadeToken(t *testing.T) {
	t.Parallel()
	seed := emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}}

	t.Run("that is there", func(t *testing.T) {
		t.Parallel()
		c, srv := emulated(t, 0)
		id := srv.CreateToken(seed)
		c.PublishTokens.Resume(studio, id)
		c.PublishTokens.Resume(studio, id)
		created, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
		if err != nil || created.ID != id || !created.Resumed || c.PublishTokens.Resumes(studio) {
			t.Errorf("created %+v, err %v", created, err)
		}
	})
	t.Run("that is gone", func(t *testing.T) {
		t.Parallel()
		c, _ := emulated(t, 0)
		c.PublishTokens.Resume(studio, 99)
		created, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
		if err != nil || created.Resumed {
			t.Errorf("created %+v, err %v", created, err)
		}
	})
	t.Run("that can't be read", func(t *testing.T) {
		t.Parallel()
		c, srv := emulated(t, 0)
		id := srv.CreateToken(seed)
		srv.Inject(emulator.Fault{Kind: emulator.FaultStatus, Status: 500})
		c.PublishTokens.Resume(studio, id)
		created, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
		if err == nil || created.ID != id || len(srv.Tokens()) != 1 {
			t.Errorf("created %+v, err %v", created, err)
		}
	})
	t.Run("of another time to live", func(t *testing.T) {
		t.Parallel()
		c, srv := emulated(t, 0)
		c.PublishTokens.Resume(studio, srv.CreateToken(seed))
		expiring := studio
		expiring.Expires = Set(int32(60))
		created, err := c.PublishTokens.CreateOnce(t.Context(), expiring, nil)
		if err != nil || created.Resumed {
			t.Errorf("created %+v, err %v", created, err)
		}
	})
}

func TestAttempt_origin(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 23, 12, 0, 0, 900e6, time.UTC)
	attempt := Attempt{Since: began, Before: []int64{7}}
	create := PublishTokenCreate{Label: "studio", Streams: []StreamName{{StreamName: "b"}, {StreamName: "a", IsRegex: true}}}
	streams := []StreamName{{StreamName: "a", IsRegex: true}, {StreamName: "b"}}
	for name, test := range map[string]struct {
		token PublishToken
		want  origin
	}{
		"made since":            {PublishToken{Label: "studio", Streams: streams, AddedOn: began.Add(time.Second)}, madeSince},
		"in the same second":    {PublishToken{Label: "studio", Streams: streams, AddedOn: began.Truncate(time.Second)}, madeSince},
		"a second before":       {PublishToken{Label: "studio", Streams: streams, AddedOn: began.Add(-time.Second)}, madeShortlyBefore},
		"a minute before":       {PublishToken{Label: "studio", Streams: streams, AddedOn: began.Add(-time.Minute)}, madeElsewhere},
		"of no time":            {PublishToken{Label: "studio", Streams: streams}, madeElsewhere},
		"known from before":     {PublishToken{ID: 7, Label: "studio", Streams: streams, AddedOn: began}, madeElsewhere},
		"another label":         {PublishToken{Label: "Studio", Streams: streams, AddedOn: began}, madeElsewhere},
		"fewer streams":         {PublishToken{Label: "studio", Streams: streams[:1], AddedOn: began}, madeElsewhere},
		"a name, no expression": {PublishToken{Label: "studio", Streams: []StreamName{{StreamName: "a"}, {StreamName: "b"}}, AddedOn: began}, madeElsewhere},
	} {
		if got := attempt.origin(create, test.token); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// A token that was there a moment before may be somebody else's.
func TestCreateOnce_takesNoTokenFromBefore(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault emulator.Fault
		want  int64 // 0: it can't tell
	}{
		"the create was carried out": {emulator.Fault{Kind: emulator.FaultDropAfter}, 10002},
		"it was not":                 {emulator.Fault{Kind: emulator.FaultDropBefore}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, srv := emulated(t, 0)
			before := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})
			srv.UpdateToken(before, func(token *emulator.Token) { token.AddedOn = time.Now().Add(-2 * time.Second) })
			test.fault.Method = "POST"
			srv.Inject(test.fault)

			created, err := c.PublishTokens.CreateOnce(t.Context(), studio, nil)
			if created.ID != test.want {
				t.Errorf("created %d, want %d: %v", created.ID, test.want, err)
			}
			var lost *LostCreateError
			if test.want == 0 && (!errors.As(err, &lost) || len(lost.Candidates) != 1 || lost.Candidates[0].ID != before) {
				t.Errorf("the token from before must be a candidate: %v", err)
			}
		})
	}
}

func TestAttempt_canBeKept(t *testing.T) {
	t.Parallel()
	attempt := Attempt{Since: time.Date(2026, 11, 23, 12, 0, 0, 1, time.UTC), Before: []int64{7}}
	got, err := DecodeAttempt(attempt.Encode())
	if err != nil || !got.Since.Equal(attempt.Since) || !slices.Equal(got.Before, attempt.Before) {
		t.Errorf("got %+v, %v", got, err)
	}
}

// A machine whose clock is wrong must neither miss the token nor take an old one.
func TestServerClock_followsTheAnswers(t *testing.T) {
	t.Parallel()
	var clock serverClock
	for _, ahead := range []time.Duration{-time.Hour, time.Hour} {
		clock.learn(http.Header{"Date": {time.Now().Add(ahead).UTC().Format(http.TimeFormat)}})
		clock.learn(http.Header{"Date": {"yesterday"}})
		clock.learn(http.Header{})
		off := time.Until(clock.now()) - ahead
		if off > 0 || off < -2*time.Second {
			t.Errorf("%s ahead: off by %s", ahead, off)
		}
	}
}
