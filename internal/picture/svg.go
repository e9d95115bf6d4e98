package main

import (
	"bytes"
	"fmt"
	"time"
)

// palette is the colours of one form.
type palette struct {
	back, text, faint, rule string
	lanes                   []string
	onLane                  string // text on a full colour
}

var (
	light = palette{back: "#ffffff", text: "#1f2328", faint: "#59636e", rule: "#d1d9e0", lanes: []string{"#0969da", "#bc4c00", "#57606a"}, onLane: "#ffffff"}
	dark  = palette{back: "#0d1117", text: "#f0f6fc", faint: "#9198a1", rule: "#3d444d", lanes: []string{"#58a6ff", "#f0883e", "#8b949e"}, onLane: "#0d1117"}
)

const (
	width   = 880
	left    = 150 // of time zero
	right   = 850 // of the end
	top     = 74  // of the first lane
	step    = 50  // from lane to lane
	bar     = 32
	textSet = `font-family="-apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"`
)

// x is where an instant is.
func x(at time.Duration) float64 {
	return left + (right-left)*float64(at)/float64(end)
}

// svg draws a broadcast.
func svg(b show, p palette) []byte {
	var out bytes.Buffer
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	rows := len(b.lanes)
	viewers := top + rows*step + 22
	bottom := viewers + bar + 12
	height := bottom + 54

	over := end // when viewers change over
	for _, s := range b.viewers {
		if s.lane != b.viewers[0].lane {
			over = s.from
			break
		}
	}

	line(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="title desc" %s font-size="14">`, width, height, width, height, textSet)
	line(`<title id="title">A standby is raised above the encoder on air</title>`)
	line(`<desc id="desc">Before: iad is on air; phx and lon stand by. During: phx is disconnected and reconnects with its new priority, while viewers still get iad. After: viewers get phx; iad stands by. Time without picture: %s.</desc>`, b.gap)
	line(`<rect width="%d" height="%d" rx="8" fill="%s"/>`, width, height, p.back)

	for i, phase := range []struct {
		name     string
		from, to time.Duration
	}{{"before", 0, call}, {"during", call, over}, {"after", over, end}} {
		line(`<text x="%.1f" y="30" text-anchor="middle" fill="%s" font-weight="600">%s</text>`, (x(phase.from)+x(phase.to))/2, p.text, phase.name)
		if i > 0 {
			line(`<line x1="%.1f" y1="62" x2="%.1f" y2="%d" stroke="%s" stroke-dasharray="4 4"/>`, x(phase.from), x(phase.from), bottom, p.rule)
		}
	}
	line(`<text x="%.1f" y="54" text-anchor="middle" font-size="12" fill="%s">phx is raised</text>`, x(call), p.faint)
	line(`<text x="%.1f" y="54" text-anchor="middle" font-size="12" fill="%s">phx is back, and takes over</text>`, x(over), p.faint)

	for i, l := range b.lanes {
		y := top + i*step
		line(`<text x="%d" y="%d" text-anchor="end" fill="%s">encoder %s</text>`, left-14, y+bar/2+5, p.text, l.name)
		for n, feed := range l.feeds {
			if n > 0 {
				from, to := x(l.feeds[n-1].to), x(feed.from)
				line(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s" stroke-width="2" stroke-dasharray="2 5"/>`, from+4, y+bar/2, to-4, y+bar/2, p.lanes[i])
				line(`<text x="%.1f" y="%d" text-anchor="middle" font-size="12" fill="%s">reconnects</text>`, (from+to)/2, y+bar/2-6, p.faint)
			}
			line(`<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="4" fill="%s" fill-opacity="0.14" stroke="%s"/>`, x(feed.from), y, x(feed.to)-x(feed.from), bar, p.lanes[i], p.lanes[i])
			for _, s := range b.viewers {
				from, to := max(s.from, feed.from), min(s.to, feed.to)
				if s.lane == i && to > from {
					line(`<rect x="%.1f" y="%d" width="%.1f" height="%d" rx="4" fill="%s"/>`, x(from), y, x(to)-x(from), bar, p.lanes[i])
					line(`<text x="%.1f" y="%d" text-anchor="end" font-size="12" fill="%s">on air</text>`, x(to)-10, y+bar/2+4, p.onLane)
				}
			}
			if from, to := standby(b, i, feed); to-from > second {
				line(`<text x="%.1f" y="%d" text-anchor="end" font-size="12" fill="%s">stands by</text>`, x(to)-10, y+bar/2+4, p.faint)
			}
			colour := p.text
			if covered(b, i, feed) {
				colour = p.onLane
			}
			line(`<text x="%.1f" y="%d" font-size="12" fill="%s">priority %d</text>`, x(feed.from)+10, y+bar/2+4, colour, feed.priority)
		}
	}

	line(`<line x1="20" y1="%d" x2="%d" y2="%d" stroke="%s"/>`, viewers-14, right, viewers-14, p.rule)
	line(`<text x="%d" y="%d" text-anchor="end" fill="%s" font-weight="600">viewers get</text>`, left-14, viewers+bar/2+5, p.text)
	for _, s := range b.viewers {
		colour, name := p.rule, "no picture"
		if s.lane >= 0 {
			colour, name = p.lanes[s.lane], b.lanes[s.lane].name
		}
		line(`<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>`, x(s.from), viewers, x(s.to)-x(s.from), bar, colour)
		line(`<text x="%.1f" y="%d" text-anchor="middle" font-weight="600" fill="%s">%s</text>`, (x(s.from)+x(s.to))/2, viewers+bar/2+5, p.onLane, name)
	}

	for at := time.Duration(0); at <= end; at += 2 * time.Second {
		line(`<text x="%.1f" y="%d" text-anchor="middle" font-size="12" fill="%s">%d s</text>`, x(at), bottom+18, p.faint, int(at.Seconds()))
	}
	line(`<text x="%d" y="%d" text-anchor="end" font-size="12" fill="%s">without picture: %d ms</text>`, right, bottom+40, p.faint, b.gap.Milliseconds())
	line(`</svg>`)
	return out.Bytes()
}

// covered reports whether viewers get a feed from its first moment on.
func covered(b show, lane int, feed connection) bool {
	for _, s := range b.viewers {
		if s.lane == lane && s.from <= feed.from && s.to > feed.from {
			return true
		}
	}
	return false
}

// standby returns the part of a feed, from its end back, that viewers do not get.
func standby(b show, lane int, feed connection) (from, to time.Duration) {
	from = feed.from
	for _, s := range b.viewers {
		if s.lane == lane && s.to > feed.from && s.from < feed.to {
			from = min(s.to, feed.to)
		}
	}
	return from, feed.to
}
