package millicast

import (
	"context"
	"errors"
	"slices"
)

// ReadActiveIDs returns what [PublishTokensClient.ActiveIDs] does, but may answer
// from a call of up to 5 s ago. Use it where many tokens are looked at in a row,
// and [PublishTokensClient.ActiveIDsNow] where one is about to be deleted.
func (p *PublishTokensClient) ReadActiveIDs(ctx context.Context) ([]int64, error) {
	return p.activeIDs(ctx, p.c.live.isStillSo)
}

// ActiveIDsNow returns what [PublishTokensClient.ActiveIDs] does, by a call that
// began after this one did. Many that ask at the same time share one: of two
// calls under way, the second is the answer to all who asked during the first.
func (p *PublishTokensClient) ActiveIDsNow(ctx context.Context) ([]int64, error) {
	asked := p.c.live.now()
	return p.activeIDs(ctx, func(began moment) bool { return began.order > asked.order })
}

func (p *PublishTokensClient) activeIDs(ctx context.Context, willDo func(began moment) bool) ([]int64, error) {
	if !p.c.transport.bulkRead {
		return p.ActiveIDs(ctx)
	}
	ids, err := p.c.active.get(ctx, p.c.live.now, willDo, p.ActiveIDs)
	return slices.Clone(ids), p.c.failed(activeTokens, err)
}

// failed returns the error of a call: err, or one that says which call it was
// that a context ended.
func (c *Client) failed(k call, err error) error {
	var told *Error
	if err == nil || errors.As(err, &told) {
		return err
	}
	e := &exchange{transport: c.transport, call: k}
	return e.failure(err)
}
