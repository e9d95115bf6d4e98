package millicast

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strconv"
)

// ReadAll yields every token of the account like [PublishTokensClient.List], but
// may answer from a list that was read up to 60 s ago. Use it where many want to
// look through the account: those who do so at the same time share one walk, and
// later reads of single tokens need no call.
//
// What this Client has written is never read back stale, as by
// [PublishTokensClient.Read].
func (p *PublishTokensClient) ReadAll(ctx context.Context) iter.Seq2[PublishToken, error] {
	if !p.c.transport.bulkRead {
		return p.List(ctx)
	}
	return func(yield func(PublishToken, error) bool) {
		list := call{method: http.MethodGet, route: tokenListRoute}
		tokens, err := p.c.all.get(ctx, p.c.reads.begin, p.c.reads.isStillSo, p.walk)
		if err != nil {
			yield(PublishToken{}, p.c.failed(list, err))
			return
		}
		for _, listed := range tokens {
			var token PublishToken
			if err := json.Unmarshal(listed.raw, &token); err != nil {
				e := &exchange{transport: p.c.transport, call: list}
				yield(PublishToken{}, e.unreadable(describe("data", err)))
				return
			}
			if !yield(token, nil) {
				return
			}
		}
	}
}

// walk reads the whole list, and keeps it for reads of single tokens.
func (p *PublishTokensClient) walk(ctx context.Context) ([]listedToken, error) {
	began := p.c.reads.begin()
	var tokens []listedToken
	for token, err := range pages[listedToken](ctx, p.c, tokenListRoute, inOrderOfCreation(nil)) {
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	p.c.reads.learnAll(began, tokens)
	return tokens, nil
}

func (t listedToken) key() string { return strconv.FormatInt(t.id, 10) }
