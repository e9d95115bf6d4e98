package emulator

import (
	"encoding/json"
	"slices"
	"strings"
)

// createToken creates a token. Its times come with fractions of a second.
func (w *world) createToken(c call) *answer {
	var create tokenCreate
	if a := c.decode(&create); a != nil {
		return a
	}
	token := w.newToken()
	create.apply(&token)
	token.Label = create.Label
	for _, s := range create.Streams {
		token.addStream(s)
	}
	if create.Expires.given() {
		token.expireAfter(*create.Expires.value)
	}
	if objections := token.objections(); len(objections) > 0 {
		return failed(objections)
	}
	w.put(token)
	return succeeded(w.tokenAnswer(&token, tokenForm{times: exactTime, named: true}))
}

func (w *world) getToken(c call) *answer {
	token, ok := w.tokens[c.tokenID()]
	if !ok {
		return noToken(c.tokenID())
	}
	return succeeded(w.tokenAnswer(token, tokenForm{times: wholeTime, named: true}))
}

func (w *world) updateToken(c call) *answer {
	return w.update(c, nil, tokenForm{times: wholeTime})
}

func (w *world) updateTokenV1(c call) *answer {
	return w.update(c, olderNames, tokenForm{times: wholeTime, named: true})
}

// update changes a token and nothing on air: what feeds took from the token
// when they connected stays with them.
func (w *world) update(c call, names map[string]string, form tokenForm) *answer {
	var properties map[string]json.RawMessage
	if a := c.decode(&properties); a != nil {
		return a
	}
	for older, name := range names {
		if value, ok := properties[older]; ok {
			properties[name] = value
			delete(properties, older)
		}
	}

	stored, ok := w.tokens[c.tokenID()]
	switch {
	case !ok:
		return noToken(c.tokenID())
	case saysNothing(properties):
		return failed(map[string]string{"token": "No properties specified to update."})
	}

	var update tokenUpdate
	c.body, _ = json.Marshal(properties) // it was JSON before
	if a := c.decode(&update); a != nil {
		return a
	}
	token := stored.clone()
	update.apply(&token)
	if objections := token.objections(); len(objections) > 0 {
		return failed(objections)
	}
	w.put(token)
	return succeeded(w.tokenAnswer(&token, form))
}

func (w *world) deleteToken(c call) *answer {
	if _, ok := w.tokens[c.tokenID()]; !ok {
		return noToken(c.tokenID())
	}
	w.remove(c.tokenID())
	return succeeded(true)
}

// disableAnswer says which tokens were disabled, and which were not.
type disableAnswer struct {
	SuccessfulTokens []int64          `json:"successfulTokens"`
	FailedTokens     []disableFailure `json:"failedTokens"`
}

// disableFailure is a token that was not disabled.
type disableFailure struct {
	TokenID      int64  `json:"tokenId"`
	ErrorMessage string `json:"errorMessage"`
}

// disableTokens keeps new broadcasts out and leaves running ones alone.
func (w *world) disableTokens(c call) *answer {
	var request struct {
		TokenIDs []int64 `json:"tokenIds"`
	}
	if a := c.decode(&request); a != nil {
		return a
	}
	done := disableAnswer{SuccessfulTokens: []int64{}, FailedTokens: []disableFailure{}}
	for _, id := range request.TokenIDs {
		stored, ok := w.tokens[id]
		if !ok {
			done.FailedTokens = append(done.FailedTokens, disableFailure{id, "Token not found."})
			continue
		}
		token := stored.clone()
		token.IsActive = false
		w.put(token)
		done.SuccessfulTokens = append(done.SuccessfulTokens, id)
	}
	return succeeded(done)
}

// syncRestreams brings a token's restream list to its running broadcasts, which
// have kept the one that they began with.
func (w *world) syncRestreams(c call) *answer {
	token, ok := w.tokens[c.tokenID()]
	if !ok {
		return invalidToken(c.tokenID())
	}
	for _, f := range w.live {
		if f.tokenID == token.ID {
			f.forward(token.Restreams, w.now)
		}
	}
	return succeeded(true)
}

func (w *world) listTokens(c call) *answer {
	return w.listWhere(c, func(*Token) bool { return true })
}

// listTokensByName matches parts of names, in any case. Whether the API does is
// not known, so callers have to filter again. Like the API it leaves out every
// token that has a regular expression among its streams.
func (w *world) listTokensByName(c call) *answer {
	part := strings.ToLower(c.query("name", ""))
	contains := func(name string) bool { return strings.Contains(strings.ToLower(name), part) }
	byLabel := func(t *Token) bool { return contains(t.Label) }
	byStream := func(t *Token) bool {
		return slices.ContainsFunc(t.Streams, func(s Stream) bool { return contains(s.Name) })
	}

	var match func(*Token) bool
	switch c.query("filterBy", "TokenOrStreamName") {
	case "TokenName":
		match = byLabel
	case "StreamName":
		match = byStream
	case "TokenOrStreamName":
		match = func(t *Token) bool { return byLabel(t) || byStream(t) }
	default: // None
		match = func(*Token) bool { return true }
	}
	return w.listWhere(c, func(t *Token) bool { return !t.hasRegex() && match(t) })
}

func (w *world) listTokensByCluster(c call) *answer {
	return w.listWhere(c, func(t *Token) bool { return w.effectiveCluster(t) == c.query("cluster", "") })
}

// listWhere answers one page of the tokens that match.
func (w *world) listWhere(c call, match func(*Token) bool) *answer {
	var found []*Token
	for _, token := range w.sortedTokens() {
		if match(token) {
			found = append(found, token)
		}
	}
	if c.query("sortBy", "Name") == "AddedOn" {
		slices.SortStableFunc(found, func(a, b *Token) int { return a.AddedOn.Compare(b.AddedOn) })
	}
	if descending := c.flag("isDescending"); descending != nil && *descending {
		slices.Reverse(found)
	}

	answers := []tokenAnswer{}
	for _, token := range page(c, found, 100) {
		answers = append(answers, w.tokenAnswer(token, tokenForm{times: wholeTime, named: true}))
	}
	return succeeded(answers)
}
