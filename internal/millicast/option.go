package millicast

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// DefaultBaseURL is where the API lives.
const DefaultBaseURL = "https://api.millicast.com"

// Option changes how a [Client] works. Pass it to [New].
type Option func(*options)

type options struct {
	baseURL    string
	userAgent  string
	timeout    time.Duration
	maxRetries int
	waitMin    time.Duration
	waitMax    time.Duration
	base       http.RoundTripper
	logCall    func(context.Context, Call)
	bulkRead   bool
}

func defaults() options {
	return options{
		baseURL:    DefaultBaseURL,
		userAgent:  "terraform-provider-millicast",
		timeout:    30 * time.Second,
		maxRetries: 4,
		waitMin:    500 * time.Millisecond,
		waitMax:    30 * time.Second,
		bulkRead:   true,
	}
}

// WithBaseURL sets where the API is. The default is [DefaultBaseURL]; what is
// allowed says [ValidateBaseURL].
func WithBaseURL(baseURL string) Option {
	return func(o *options) { o.baseURL = strings.TrimRight(baseURL, "/") }
}

// WithUserAgent sets the User-Agent header.
func WithUserAgent(userAgent string) Option {
	return func(o *options) { o.userAgent = userAgent }
}

// WithRequestTimeout limits one HTTP attempt, its answer included. The default
// is 30 s. The context of a call limits all of its attempts and waits.
func WithRequestTimeout(timeout time.Duration) Option {
	return func(o *options) { o.timeout = timeout }
}

// WithMaxRetries sets how many attempts may follow the first. The default is 4.
func WithMaxRetries(n int) Option {
	return func(o *options) { o.maxRetries = n }
}

// WithRetryWait sets the bounds of the wait between attempts. The default is
// 500 ms to 30 s. A Retry-After of the API may ask for more.
func WithRetryWait(shortest, longest time.Duration) Option {
	return func(o *options) { o.waitMin, o.waitMax = shortest, longest }
}

// WithTransport sets what carries the requests, in place of a pool of
// connections of the Client's own.
func WithTransport(transport http.RoundTripper) Option {
	return func(o *options) { o.base = transport }
}

// WithCallLogger sets a function that is told of every HTTP attempt, after it.
// It has to be safe for concurrent use.
func WithCallLogger(log func(ctx context.Context, call Call)) Option {
	return func(o *options) { o.logCall = log }
}

// WithBulkRead says whether [PublishTokensClient.Read] and [StreamsClient.Read]
// may load lists. The default is true.
func WithBulkRead(bulk bool) Option {
	return func(o *options) { o.bulkRead = bulk }
}

func (o options) validate() error {
	switch {
	case o.timeout <= 0:
		return errors.New("the request timeout has to be longer than 0")
	case o.maxRetries < 0:
		return errors.New("the number of retries has to be 0 or more")
	case o.waitMax > longestWait:
		return fmt.Errorf("the longest wait between attempts has to be %s or less", longestWait)
	case o.waitMin < 0 || o.waitMax < o.waitMin:
		return errors.New("the shortest wait between attempts has to be 0 or more, and the longest no shorter")
	}
	return ValidateBaseURL(o.baseURL)
}
