package emulator

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Span is a time with one feed on air, or with no picture.
type Span struct {
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	TokenID int64     `json:"tokenId"` // 0: no picture
	Label   string    `json:"label"`   // of the token
	Cluster string    `json:"cluster"`
	Feed    FeedID    `json:"feedId"`
}

// Duration returns how long the span lasted.
func (s Span) Duration() time.Duration { return s.To.Sub(s.From) }

// HasPicture reports whether a feed was on air.
func (s Span) HasPicture() bool { return s.TokenID != 0 }

// Timeline is what the viewers of one source of a stream got to see, from its
// first picture on. The spans follow each other without holes.
type Timeline struct {
	Stream string    `json:"stream"`
	Source string    `json:"sourceId"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Spans  []Span    `json:"spans"`
}

// Switches returns how often the token on air changed, not counting the first.
// A token that comes back after a gap is no switch.
func (t Timeline) Switches() int {
	var switches int
	var onAir int64
	for _, span := range t.Spans {
		if !span.HasPicture() {
			continue
		}
		if onAir != 0 && span.TokenID != onAir {
			switches++
		}
		onAir = span.TokenID
	}
	return switches
}

// Gap returns how long there was no picture, all gaps together. A gap that has
// not ended counts until the end of the timeline.
func (t Timeline) Gap() time.Duration {
	var gap time.Duration
	for _, span := range t.Spans {
		if !span.HasPicture() {
			gap += span.Duration()
		}
	}
	return gap
}

// OnAir returns the token on air at the end of the timeline, and 0 if there was
// no picture.
func (t Timeline) OnAir() int64 {
	if len(t.Spans) == 0 {
		return 0
	}
	return t.Spans[len(t.Spans)-1].TokenID
}

// Since returns the part of the timeline from an instant on. The span of that
// instant is cut, so that one that began before is the first of the window.
func (t Timeline) Since(from time.Time) Timeline {
	window := t
	window.Spans = nil
	for i, span := range t.Spans {
		if span.From.Before(from) {
			span.From = from
		}
		// The last one counts even if it has only just begun.
		if span.To.After(span.From) || i == len(t.Spans)-1 && span.To.Equal(span.From) {
			window.Spans = append(window.Spans, span)
		}
	}
	if t.From.Before(from) {
		window.From = from
	}
	return window
}

// barWidth is how many characters the whole of a timeline is drawn with.
const barWidth = 40

// String draws the timeline with one line per span: when it began, in
// milliseconds from the start, a bar at its place in the whole, what was on air,
// and for how long.
func (t Timeline) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stream %s", t.Stream)
	if t.Source != "" {
		fmt.Fprintf(&b, ", source %s", t.Source)
	}
	if len(t.Spans) == 0 {
		b.WriteString(": never live\n")
		return b.String()
	}
	fmt.Fprintf(&b, ": %d ms, %s, %d ms without picture\n", t.To.Sub(t.From).Milliseconds(), count(t.Switches(), "switch", "switches"), t.Gap().Milliseconds())

	for _, span := range t.Spans {
		mark, what := "█", cmp.Or(span.Label, fmt.Sprint("token ", span.TokenID))
		if !span.HasPicture() {
			mark, what = "·", "no picture"
		} else if span.Cluster != "" {
			what += " (" + span.Cluster + ")"
		}
		before, width := 0, 1
		if total := int64(t.To.Sub(t.From)); total > 0 {
			before = min(barWidth-1, int(barWidth*int64(span.From.Sub(t.From))/total))
			width = max(1, int(barWidth*int64(span.To.Sub(t.From))/total)-before)
		}
		bar := strings.Repeat(" ", before) + strings.Repeat(mark, width)
		fmt.Fprintf(&b, "%9d ms  %s%s  %s, %d ms\n", span.From.Sub(t.From).Milliseconds(), bar, strings.Repeat(" ", max(0, barWidth-before-width)), what, span.Duration().Milliseconds())
	}
	return b.String()
}

// count words a number of things.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
