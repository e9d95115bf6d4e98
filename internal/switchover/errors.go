package switchover

import (
	"fmt"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
)

// Reason is the guard that refused a change.
type Reason int

const (
	// Interruption: the only live feed of a stream and source would be disconnected.
	Interruption Reason = iota
	// SeveralStreams: the token publishes more than one stream, or a regular
	// expression, and all of its feeds would be disconnected.
	SeveralStreams
	// CannotReturn: the token is live, and its encoders could not reconnect,
	// because it lets no new broadcasts in.
	CannotReturn
)

// RefusedError says that a guard refused a change before anything was called.
type RefusedError struct {
	Reason   Reason
	Decision Decision
}

func (e *RefusedError) Error() string {
	switch e.Reason {
	case SeveralStreams:
		return fmt.Sprintf("token %d publishes several streams", e.Decision.View.Token.ID)
	case CannotReturn:
		return fmt.Sprintf("token %d lets no encoder reconnect", e.Decision.View.Token.ID)
	case Interruption:
	}
	return fmt.Sprintf("token %d has the only live feed", e.Decision.View.Token.ID)
}

// ChangedError says that something is not as the plan was based on, or as the
// call has left it.
type ChangedError struct {
	What     Changed
	Expected failover.Priority
	Decision Decision
}

// Changed says what is not as it was.
type Changed int

const (
	// StoredPriority: it is not [ChangedError.Expected]. Nothing was called.
	StoredPriority Changed = iota
	// LiveFeeds: viewers would notice more of the call than the plan said, or the
	// plan foresaw no call. Nothing was called.
	LiveFeeds
	// WhileWaiting: somebody changed the stored priority after the call, while the
	// encoders were away.
	WhileWaiting
)

func (e *ChangedError) Error() string {
	return fmt.Sprintf("token %d has priority %s, not %s", e.Decision.View.Token.ID, e.Decision.View.Priority(), e.Expected)
}

// NotBackError says that the priority is stored and the feeds were
// disconnected, but some have not come back in time.
type NotBackError struct {
	Missing []Missing
	View    View // the last one
	Err     error
}

// Missing is a source of a stream whose feed has not come back.
type Missing struct {
	Stream string
	Source string
}

func (e *NotBackError) Error() string {
	return fmt.Sprintf("%d feeds have not come back", len(e.Missing))
}

// Unwrap returns why the waiting ended: the error of the context.
func (e *NotBackError) Unwrap() error { return e.Err }

// ExplicitPriorityError says that feeds came back with a priority of their own.
type ExplicitPriorityError struct {
	Decision Decision
	Feeds    []ExplicitFeed
}

func (e *ExplicitPriorityError) Error() string {
	return fmt.Sprintf("%d feeds came back with another priority", len(e.Feeds))
}

// CallError says which step of a change met an error of the API.
type CallError struct {
	Tried string // such as "Reprioritizing publish token 12 to 30"
	Err   error
}

func (e *CallError) Error() string { return e.Tried + ": " + e.Err.Error() }

// Unwrap returns the API's error.
func (e *CallError) Unwrap() error { return e.Err }
