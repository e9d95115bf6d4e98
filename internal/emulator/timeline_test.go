package emulator_test

import (
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// story builds a timeline from the epoch on.
func story(spans ...span) emulator.Timeline {
	t := emulator.Timeline{Stream: show, From: epoch, To: epoch}
	ids := map[string]int64{"": 0, "main": 1, "spare": 2}
	for _, s := range spans {
		from := t.To
		t.To = from.Add(time.Duration(s.ms) * time.Millisecond)
		t.Spans = append(t.Spans, emulator.Span{From: from, To: t.To, TokenID: ids[s.label], Label: s.label})
	}
	return t
}

func TestTimeline_counts(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		timeline emulator.Timeline
		switches int
		gap      time.Duration
		onAir    int64
	}{
		"never live":          {emulator.Timeline{}, 0, 0, 0},
		"one feed":            {story(span{"main", 100}), 0, 0, 1},
		"a switch":            {story(span{"main", 100}, span{"spare", 100}), 1, 0, 2},
		"there and back":      {story(span{"main", 100}, span{"", 20}, span{"spare", 100}, span{"main", 1}), 2, 20 * time.Millisecond, 1},
		"the same, after all": {story(span{"main", 100}, span{"", 30}, span{"main", 100}), 0, 30 * time.Millisecond, 1},
		"still dark":          {story(span{"main", 100}, span{"", 30}), 0, 30 * time.Millisecond, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.timeline.Switches(); got != c.switches {
				t.Errorf("%d switches, want %d", got, c.switches)
			}
			if got := c.timeline.Gap(); got != c.gap {
				t.Errorf("gap of %v, want %v", got, c.gap)
			}
			if got := c.timeline.OnAir(); got != c.onAir {
				t.Errorf("%d on air, want %d", got, c.onAir)
			}
		})
	}
}

func TestTimeline_sinceIsAWindow(t *testing.T) {
	t.Parallel()
	whole := story(span{"main", 100}, span{"", 50}, span{"spare", 100})
	cases := map[string]struct {
		ms   int
		want []span
	}{
		"before all":    {-10, []span{{"main", 100}, {"", 50}, {"spare", 100}}},
		"inside a feed": {60, []span{{"main", 40}, {"", 50}, {"spare", 100}}},
		"inside a gap":  {110, []span{{"", 40}, {"spare", 100}}},
		"at a change":   {150, []span{{"spare", 100}}},
		"at the end":    {250, []span{{"spare", 0}}},
		"after the end": {251, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &account{t: t}
			a.wantSpans(whole.Since(epoch.Add(time.Duration(c.ms)*time.Millisecond)), c.want...)
		})
	}
}

func TestTimeline_isReadAtAGlance(t *testing.T) {
	t.Parallel()
	timeline := story(span{"main", 600}, span{"", 200}, span{"spare", 1200})
	timeline.Source = "side"
	timeline.Spans[2].Cluster = "lon-1"
	want := `stream show, source side: 2000 ms, 1 switch, 200 ms without picture
        0 ms  ████████████                              main, 600 ms
      600 ms              ····                          no picture, 200 ms
      800 ms                  ████████████████████████  spare (lon-1), 1200 ms
`
	if got := timeline.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got, want := (emulator.Timeline{Stream: show}).String(), "stream show: never live\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
