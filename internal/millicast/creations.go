package millicast

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Likeness is equal for creates whose tokens can't be told apart later: what
// else they ask for can be changed, and these have the same label, streams and
// time to live.
func Likeness(create PublishTokenCreate) string {
	return fmt.Sprintf("%s %v", Looks(create.Label, create.Streams), create.Expires)
}

// Looks is equal for tokens of the same label and streams. That is all that a
// token tells later of the create that made it.
func Looks(label string, streams []StreamName) string {
	return fmt.Sprintf("%q %s", label, streamsText(streams))
}

// streamsText is equal for equal sets of streams.
func streamsText(streams []StreamName) string {
	texts := make([]string, 0, len(streams))
	for _, s := range streams {
		texts = append(texts, fmt.Sprintf("%q/%v", s.StreamName, s.IsRegex))
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

// creations keeps the creates of a Client apart.
type creations struct {
	mu       sync.Mutex
	turns    map[string]*semaphore.Weighted // by likeness
	claimed  map[int64]string               // tokens that belong to a create, with its likeness
	halfMade map[string][]int64             // by likeness
}

func newCreations() *creations {
	return &creations{turns: map[string]*semaphore.Weighted{}, claimed: map[int64]string{}, halfMade: map[string][]int64{}}
}

// turn waits until no create that looks alike is under way. An error is ctx's.
func (c *creations) turn(ctx context.Context, likeness string) (done func(), err error) {
	c.mu.Lock()
	turn, ok := c.turns[likeness]
	if !ok {
		turn = semaphore.NewWeighted(1)
		c.turns[likeness] = turn
	}
	c.mu.Unlock()
	if err := turn.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { turn.Release(1) }, nil
}

// claim says that a token belongs to a create.
func (c *creations) claim(id int64, likeness string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.claimed[id] = likeness
}

// claimedLike returns the tokens that belong to creates which look alike.
func (c *creations) claimedLike(likeness string) []int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	var ids []int64
	for id, like := range c.claimed {
		if like == likeness {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// choose claims the only token made since a create began that belongs to no
// other.
func (c *creations) choose(since, shortlyBefore []PublishToken, likeness string) Recovered {
	c.mu.Lock()
	defer c.mu.Unlock()
	free := func(tokens []PublishToken) []PublishToken {
		return slices.DeleteFunc(tokens, func(t PublishToken) bool { return c.claimed[t.ID] != "" })
	}
	since, shortlyBefore = free(since), free(shortlyBefore)
	switch len(since) {
	case 0:
		return Recovered{Candidates: shortlyBefore}
	case 1:
		c.claimed[since[0].ID] = likeness
		return Recovered{ID: since[0].ID}
	default:
		return Recovered{Candidates: since}
	}
}

func (c *creations) addHalfMade(likeness string, id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.halfMade[likeness], id) {
		c.halfMade[likeness] = append(c.halfMade[likeness], id)
	}
}

func (c *creations) hasHalfMade(likeness string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.halfMade[likeness]) > 0
}

func (c *creations) takeHalfMade(likeness string) (id int64, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ids := c.halfMade[likeness]
	if len(ids) == 0 {
		return 0, false
	}
	c.halfMade[likeness] = ids[1:]
	return ids[0], true
}
