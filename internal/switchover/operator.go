// Package switchover carries out a change of priority on a live stream: one
// stream at a time it looks, calls, waits until the disconnected feeds are back,
// and looks again. Thought comes from internal/failover, calls from
// internal/millicast.
package switchover

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// defaultPollInterval is how often the feeds are read while an encoder
// reconnects, which takes seconds.
const defaultPollInterval = time.Second

// Options of an [Operator].
type Options struct {
	// AccountID makes it possible to ask for the active tokens of one stream
	// where LiveMonitoring is off. Without it all of the account's are asked for.
	AccountID string

	// PollInterval is how often the feeds are read while waiting. Zero means one second.
	PollInterval time.Duration

	// Progress hears, in words, what is being done. nil: nobody does.
	Progress func(ctx context.Context, message string)
}

// Operator changes the priorities of one account's tokens. It is safe for
// concurrent use: changes of one stream go one after the other.
type Operator struct {
	client       *millicast.Client
	accountID    string
	pollInterval time.Duration
	progress     func(ctx context.Context, message string)
	locks        *streamLocks
	unfinished   unfinished
	poller       *poller

	// Once the API has said twice that LiveMonitoring is off, a run asks no more.
	// Once it has answered, a refusal is an error.
	monitoring, noMonitoring atomic.Bool
}

// New returns an Operator that makes its calls through client.
func New(client *millicast.Client, opts Options) *Operator {
	if opts.PollInterval <= 0 {
		opts.PollInterval = defaultPollInterval
	}
	if opts.Progress == nil {
		opts.Progress = func(context.Context, string) {}
	}
	o := &Operator{
		client:       client,
		accountID:    opts.AccountID,
		pollInterval: opts.PollInterval,
		progress:     opts.Progress,
		locks:        newStreamLocks(),
	}
	o.poller = newPoller(o)
	return o
}
