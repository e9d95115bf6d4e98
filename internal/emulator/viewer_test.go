package emulator_test

import (
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const show = "show"

// Viewers get the live feed with the highest priority.
func TestViewer_getsTheHighestPriority(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		first, second *int32
		want          string
	}{
		"higher second":          {new(int32(1)), new(int32(2)), "second"},
		"higher first":           {new(int32(2)), new(int32(1)), "first"},
		"negative is a number":   {new(int32(-5)), new(int32(-4)), "second"},
		"unset is below all":     {nil, new(int32(-2147483648)), "second"},
		"a tie is the incumbent": {new(int32(7)), new(int32(7)), "first"},
		"unset twice is a tie":   {nil, nil, "first"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			a.StartEncoder(emulator.Encoder{TokenID: a.token("first", show, c.first), Stream: show})
			a.StartEncoder(emulator.Encoder{TokenID: a.token("second", show, c.second), Stream: show, ConnectAfter: time.Second})
			a.at(2000)
			if got := a.onAir(); got != c.want {
				t.Errorf("on air is %q, want %q", got, c.want)
			}
		})
	}
}

// A feed that comes in with a higher priority takes over from one that runs.
func TestViewer_takesAHigherFeedWithoutAGap(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.StartEncoder(emulator.Encoder{TokenID: a.token("low", show, new(int32(1))), Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("high", show, new(int32(2))), Stream: show, ConnectAfter: 700 * time.Millisecond})
	a.at(1000)
	timeline := a.Timeline(show, "")
	a.wantSpans(timeline, span{"low", 700}, span{"high", 300})
	if timeline.Gap() != 0 || timeline.Switches() != 1 {
		t.Errorf("gap %v, %d switches; want none, 1", timeline.Gap(), timeline.Switches())
	}
}

// When the feed on air is lost, viewers are moved to the next one, which takes a while.
func TestViewer_waitsForTheSwitchover(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithSwitchoverDelay(400*time.Millisecond))
	main := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, new(int32(3))), Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("low", show, new(int32(1))), Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("next", show, new(int32(2))), Stream: show})
	a.at(1000)
	a.StopEncoder(main)
	a.at(3000)
	a.wantSpans(a.Timeline(show, ""), span{"main", 1000}, span{"", 400}, span{"next", 1600})
}

// The best feed at the moment the switchover completes is the one that comes.
func TestViewer_choosesWhenTheSwitchoverCompletes(t *testing.T) {
	t.Parallel()
	a := open(t)
	main := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, new(int32(9))), Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("low", show, new(int32(1))), Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: a.token("late", show, new(int32(2))), Stream: show, ConnectAfter: 1200 * time.Millisecond})
	a.at(1000)
	a.StopEncoder(main)
	a.at(2000)
	a.wantSpans(a.Timeline(show, ""), span{"main", 1000}, span{"", 500}, span{"late", 500})
}

// With no other feed there is no picture until one connects, which shows at once.
func TestViewer_showsTheNextFeedAtOnceIfThereWasNone(t *testing.T) {
	t.Parallel()
	a := open(t)
	main := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, nil), Stream: show, ReconnectAfter: 50 * time.Millisecond})
	a.at(1000)
	a.RestartEncoder(main)
	a.at(2000)
	timeline := a.Timeline(show, "")
	a.wantSpans(timeline, span{"main", 1000}, span{"", 50}, span{"main", 950})
	if timeline.Switches() != 0 {
		t.Errorf("%d switches; the token never changed", timeline.Switches())
	}
}

// A switchover whose last candidate goes is over: the next feed shows at once.
func TestViewer_callsOffASwitchoverToNothing(t *testing.T) {
	t.Parallel()
	a := open(t)
	first := a.StartEncoder(emulator.Encoder{TokenID: a.token("first", show, new(int32(2))), Stream: show})
	second := a.StartEncoder(emulator.Encoder{TokenID: a.token("second", show, new(int32(1))), Stream: show, NeverReconnects: true})
	a.at(1000)
	a.StopEncoder(first)
	a.at(1100)
	a.StopEncoder(second)
	a.at(1200)
	a.StartEncoder(emulator.Encoder{TokenID: a.token("third", show, nil), Stream: show})
	a.at(2000)
	a.wantSpans(a.Timeline(show, ""), span{"first", 1000}, span{"", 200}, span{"third", 800})
}

// What lasted no time is not on the timeline.
func TestViewer_leavesOutWhatNobodySaw(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithSwitchoverDelay(0))
	a.StartEncoder(emulator.Encoder{TokenID: a.token("spare", show, new(int32(1))), Stream: show})
	main := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, new(int32(2))), Stream: show})
	a.at(1000)
	a.StopEncoder(main)
	a.at(2000)
	timeline := a.Timeline(show, "")
	a.wantSpans(timeline, span{"main", 1000}, span{"spare", 1000})
	if timeline.Switches() != 1 {
		t.Errorf("%d switches, want 1", timeline.Switches())
	}
}

// Losing a redundant feed is nothing to viewers.
func TestViewer_doesNotNoticeARedundantFeedGoing(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, new(int32(2))), Stream: show})
	spare := a.StartEncoder(emulator.Encoder{TokenID: a.token("spare", show, new(int32(1))), Stream: show})
	a.at(1000)
	a.StopEncoder(spare)
	a.at(2000)
	a.wantSpans(a.Timeline(show, ""), span{"main", 2000})
}

// Feeds compete within one source of one stream only.
func TestViewer_keepsSourcesApart(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("both", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, SourceID: "side", Priority: new(int32(9))})
	a.at(1000)
	a.wantSpans(a.Timeline(show, ""), span{"both", 1000})
	a.wantSpans(a.Timeline(show, "side"), span{"both", 1000})
	for _, f := range a.Feeds(show) {
		if !f.OnAir {
			t.Errorf("the feed of source %q is not on air", f.Source)
		}
	}
}

// A token may have several feeds of one stream and source.
func TestViewer_movesBetweenFeedsOfOneToken(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	first := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, Cluster: "fra-1"})
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, Cluster: "lon-1"})
	a.at(1000)
	a.StopEncoder(first)
	a.at(2000)
	timeline := a.Timeline(show, "")
	a.wantSpans(timeline, span{"main", 1000}, span{"", 500}, span{"main", 500})
	if got := timeline.Spans[2].Cluster; got != "lon-1" {
		t.Errorf("on air from %q, want lon-1", got)
	}
}

// The timeline is exact to the scheduled instants, however late somebody looks.
func TestViewer_isExactWhenLookedAtLate(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, ConnectAfter: 123 * time.Millisecond})
	a.at(3_600_000)
	timeline := a.Timeline(show, "")
	if want := epoch.Add(123 * time.Millisecond); !timeline.From.Equal(want) {
		t.Errorf("first picture at %v, want %v", timeline.From, want)
	}
}

// A clock that is set back does not move the broadcast back.
func TestViewer_endsNoSpanBeforeItBegan(t *testing.T) {
	t.Parallel()
	a := open(t)
	main := a.StartEncoder(emulator.Encoder{TokenID: a.token("main", show, nil), Stream: show, ConnectAfter: time.Second})
	a.at(2000)
	a.StopEncoder(main)
	a.at(500)
	a.wantSpans(a.Timeline(show, ""), span{"main", 1000}, span{"", 0})
}

// Of two feeds that connect at one instant, the encoder started first is first.
func TestViewer_keepsTheOrderWithinAnInstant(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, label := range []string{"first", "second", "third"} {
		a.StartEncoder(emulator.Encoder{TokenID: a.token(label, show, nil), Stream: show, ConnectAfter: time.Second})
	}
	a.at(1500)
	a.wantSpans(a.Timeline(show, ""), span{"first", 500})
}

// A feed that comes and goes within an instant does not split a gap.
func TestViewer_joinsAGap(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.at(1000)
	a.StopEncoder(encoder)
	a.at(1500)
	a.StopEncoder(a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show}))
	a.at(2000)
	a.wantSpans(a.Timeline(show, ""), span{"main", 1000}, span{"", 1000})
}
