package emulator

import (
	"slices"
	"time"
)

// event is something that will happen at an instant, unless what it concerns
// has changed by then.
type event struct {
	at     time.Time
	happen func()
}

// after schedules an event. When it happens, the world's time is exactly the
// time that it was scheduled for. Events of one instant happen in the order in
// which they were scheduled.
func (w *world) after(d time.Duration, happen func()) {
	at := w.now.Add(d)
	i, _ := slices.BinarySearchFunc(w.events, at, func(e event, at time.Time) int {
		if e.at.After(at) {
			return 1
		}
		return -1
	})
	w.events = slices.Insert(w.events, i, event{at, happen})
}

// advance lets everything happen that is due by now.
func (w *world) advance(now time.Time) {
	for len(w.events) > 0 && !w.events[0].at.After(now) {
		e := w.events[0]
		w.events = slices.Delete(w.events, 0, 1)
		w.now = e.at
		e.happen()
	}
	// A clock that was set back must not move the broadcast back.
	if now.After(w.now) {
		w.now = now
	}
}
