package millicast

import (
	"net/http"
	"sync/atomic"
	"time"
)

// serverClock tells the API's time, as far as its answers have. The clock of
// this machine may be minutes off.
type serverClock struct{ ahead atomic.Int64 } // in nanoseconds

// learn takes over the Date of an answer. It is of whole seconds and from before
// the answer came, so that now is rather early than late.
func (c *serverClock) learn(header http.Header) {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		c.ahead.Store(int64(time.Until(date)))
	}
}

// now returns the API's time. Before the first answer it is this machine's.
func (c *serverClock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }
