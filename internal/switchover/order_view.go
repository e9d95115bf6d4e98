package switchover

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// OrderView is what was stored and live at one moment, as far as the order of a
// stream's tokens matters. It can be kept as JSON.
type OrderView struct {
	Stream string       `json:"stream"`
	Tokens []OrderToken `json:"tokens"` // those that were asked for and exist, in that order

	// Live are the live feeds of the stream, and of the other streams of its tokens,
	// of all tokens. Where Monitored is false they are a guess: each active token
	// with its stored priority.
	Live      []failover.Feed `json:"live,omitempty"`
	Monitored bool            `json:"monitored"`
}

// OrderToken is what matters of a token for its place in an order.
type OrderToken struct {
	ID         int64             `json:"id"`
	Label      string            `json:"label"`
	Stored     failover.Priority `json:"stored"`
	Streams    []OrderStream     `json:"streams"`
	Disabled   bool              `json:"disabled,omitempty"`
	ExpiresOn  *time.Time        `json:"expires_on,omitempty"`
	GeoCascade string            `json:"geo_cascade,omitempty"` // settings in force, in a form to compare
}

// names are the streams that the token publishes, if none is an expression.
func (t OrderToken) names() []string {
	names := make([]string, 0, len(t.Streams))
	for _, stream := range t.Streams {
		if stream.Regex {
			return nil
		}
		names = append(names, stream.Name)
	}
	return names
}

// OrderStream is a stream that a token publishes.
type OrderStream struct {
	Name  string `json:"name"`
	Regex bool   `json:"regex,omitempty"`
}

// Token returns a token of the view, and false if it does not exist.
func (v OrderView) Token(id int64) (OrderToken, bool) {
	i := slices.IndexFunc(v.Tokens, func(t OrderToken) bool { return t.ID == id })
	if i < 0 {
		return OrderToken{}, false
	}
	return v.Tokens[i], true
}

// Ranks returns the tokens of an order for the planner. Ids that do not exist
// are left out.
func (v OrderView) Ranks(order []int64) []failover.Token {
	var ranks []failover.Token
	for _, id := range order {
		if token, ok := v.Token(id); ok {
			ranks = append(ranks, failover.Token{ID: id, Stored: token.Stored})
		}
	}
	return ranks
}

// withExplicit returns the view with the feeds marked that keep a priority of
// their own.
func (v OrderView) withExplicit(explicit map[int64][]ExplicitFeed) OrderView {
	v.Live = slices.Clone(v.Live)
	for i, feed := range v.Live {
		v.Live[i].Explicit = isExplicit(feed, explicit[feed.TokenID])
	}
	return v
}

// Plan plans how an order is reached. Explicit are the feeds known to have a
// priority of their own, by token.
func (v OrderView) Plan(order []int64, explicit map[int64][]ExplicitFeed) (failover.Plan, error) {
	return failover.NewPlan(v.Stream, v.Ranks(order), v.withExplicit(explicit).Live)
}

// Arrange puts the calls for changed assignments in order, by what the view saw.
func (v OrderView) Arrange(assignments []failover.Assignment, explicit map[int64][]ExplicitFeed) []failover.Step {
	return failover.Arrange(assignments, v.withExplicit(explicit).Live)
}

// LookAtOrder reads the tokens of an order and what is live on their stream.
// Tokens that do not exist are left out. Fresh says that the tokens are about to
// be changed, so that nothing that was read before will do.
func (o *Operator) LookAtOrder(ctx context.Context, stream string, order []int64, fresh bool) (OrderView, error) {
	read := o.client.Streams.Read
	if fresh {
		read = o.client.Streams.Get
	}
	var names []string
	if !o.noMonitoring.Load() {
		names = []string{stream}
	}
	streams, end := readAhead(ctx, read, names)
	defer end()
	tokens, err := o.orderTokens(ctx, order, fresh)
	if err != nil {
		return OrderView{}, err
	}
	view := OrderView{Stream: stream}
	look := func(ctx context.Context, token millicast.PublishToken) (View, error) {
		return o.lookThrough(ctx, token, streams.get)
	}
	live, err := look(ctx, tokenOf(stream))
	if err != nil {
		return OrderView{}, err
	}
	view.Monitored, view.Live = live.Monitored, live.Live

	seen := []string{stream}
	for _, token := range tokens {
		view.Tokens = append(view.Tokens, orderToken(token))
		if len(token.Streams) == 1 && !hasRegex(token) {
			continue
		}
		elsewhere, err := look(ctx, token)
		if err != nil {
			return OrderView{}, err
		}
		var streams []string
		for _, feed := range elsewhere.Live {
			if !slices.Contains(seen, feed.Stream) {
				view.Live = append(view.Live, feed)
				streams = append(streams, feed.Stream)
			}
		}
		seen = append(seen, streams...)
	}
	if view.Monitored {
		return view, nil
	}
	for i, feed := range view.Live {
		if token, ok := view.Token(feed.TokenID); ok {
			view.Live[i].Priority = token.Stored
		}
	}
	return view, nil
}

// LiveOn returns the live feeds of the order's own stream.
func (v OrderView) LiveOn() []failover.Feed {
	return slices.DeleteFunc(slices.Clone(v.Live), func(f failover.Feed) bool { return f.Stream != v.Stream })
}

// OrderTokens reads tokens, in bulk where that is cheaper. Those that do not
// exist are left out.
func (o *Operator) OrderTokens(ctx context.Context, ids []int64) ([]OrderToken, error) {
	tokens, err := o.orderTokens(ctx, ids, false)
	found := make([]OrderToken, 0, len(tokens))
	for _, token := range tokens {
		found = append(found, orderToken(token))
	}
	return found, err
}

func (o *Operator) orderTokens(ctx context.Context, ids []int64, fresh bool) ([]millicast.PublishToken, error) {
	read := o.client.PublishTokens.Read
	if fresh {
		read = o.client.PublishTokens.Get
	}
	all, end := readAhead(ctx, read, ids)
	defer end()
	var tokens []millicast.PublishToken
	for _, id := range ids {
		token, err := all.get(ctx, id)
		if millicast.IsGone(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	return tokens, nil
}

func orderToken(token millicast.PublishToken) OrderToken {
	t := OrderToken{
		ID:        token.ID,
		Label:     token.Label,
		Stored:    failover.PriorityOf(token.Priority),
		Disabled:  !token.IsActive,
		ExpiresOn: token.ExpiresOn,
	}
	for _, stream := range token.Streams {
		t.Streams = append(t.Streams, OrderStream{Name: stream.StreamName, Regex: stream.IsRegex})
	}
	cascade := token.GeoCascade
	if token.EffectiveSettings != nil && token.EffectiveSettings.GeoCascade != nil {
		cascade = token.EffectiveSettings.GeoCascade
	}
	t.GeoCascade = describeCascade(cascade)
	return t
}

func describeCascade(cascade *millicast.GeoCascade) string {
	switch {
	case cascade == nil || cascade.IsEnabled == nil:
		return "the account's setting"
	case !*cascade.IsEnabled:
		return "off"
	default:
		return strings.Join(slices.Sorted(slices.Values(cascade.Clusters)), ", ")
	}
}

// TokensOf returns the tokens that may publish a stream, the highest priority
// first, by looking through all tokens of the account: only that finds those
// with a regular expression. fits says whether an expression fits the stream. All
// who look at the same time share the calls.
func (o *Operator) TokensOf(ctx context.Context, stream string, fits func(pattern, stream string) bool) ([]OrderToken, error) {
	var tokens []OrderToken
	for listed, err := range o.client.PublishTokens.ReadAll(ctx) {
		if err != nil {
			return nil, err
		}
		token := orderToken(listed)
		if slices.ContainsFunc(token.Streams, func(s OrderStream) bool {
			return s.Regex && fits(s.Name, stream) || !s.Regex && s.Name == stream
		}) {
			tokens = append(tokens, token)
		}
	}
	slices.SortFunc(tokens, func(a, b OrderToken) int {
		return cmp.Or(b.Stored.Compare(a.Stored), cmp.Compare(a.ID, b.ID))
	})
	return tokens, nil
}

// OrderMemory is what is known of an order from earlier changes and readings.
// Whoever makes changes over several runs keeps it between them.
type OrderMemory struct {
	// Explicit are the feeds that came back with a priority of their own, by token.
	Explicit map[int64][]ExplicitFeed `json:"explicit,omitempty"`

	// Order is the order that was reached last, or found by an import.
	Order []int64 `json:"order,omitempty"`

	// Seen is the last reading. A plan that is made from it says the same again
	// when it is about to be applied, whatever has happened since.
	Seen *OrderView `json:"seen,omitempty"`
}

// Saw returns the memory with what a reading saw.
func (m OrderMemory) Saw(view OrderView) OrderMemory {
	m.Seen = &view
	m.Explicit = pruneAll(m.Explicit, view)
	return m
}

// pruneAll is [Prune] for every token of an order.
func pruneAll(explicit map[int64][]ExplicitFeed, view OrderView) map[int64][]ExplicitFeed {
	left := map[int64][]ExplicitFeed{}
	for id, feeds := range explicit {
		if view.Monitored {
			feeds = prune(feeds, id, view.Live)
		}
		if len(feeds) > 0 {
			left[id] = feeds
		}
	}
	return left
}

// Encode returns the memory as a JSON object.
func (m OrderMemory) Encode() []byte { return encode(m) }

// DecodeOrderMemory reads what [OrderMemory.Encode] wrote. Nothing is an empty
// memory.
func DecodeOrderMemory(encoded []byte) (OrderMemory, error) {
	var m OrderMemory
	if len(encoded) == 0 {
		return m, nil
	}
	err := json.Unmarshal(encoded, &m)
	return m, err
}
