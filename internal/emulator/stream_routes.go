package emulator

import (
	"slices"
	"strings"
)

// stoppingLevel says what a call disconnected.
type stoppingLevel string

const (
	stoppedAccount stoppingLevel = "Account"
	stoppedStream  stoppingLevel = "Stream"
	stoppedToken   stoppingLevel = "Token"
	stoppedNone    stoppingLevel = "None"
)

// stopped answers a call that disconnected a number of feeds.
func stopped(feeds int, level stoppingLevel) *answer {
	if feeds == 0 {
		level = stoppedNone
	}
	return succeeded(struct {
		StoppingLevel stoppingLevel `json:"stoppingLevel"`
	}{level})
}

// reprioritize stores a priority on a token and disconnects the token's live
// feeds, all of them, on every stream, also if the priority is the same as before.
func (w *world) reprioritize(c call) *answer {
	var request struct {
		TokenID        int64 `json:"tokenId"`
		UpdatePriority int32 `json:"updatePriority"`
	}
	if a := c.decode(&request); a != nil {
		return a
	}
	stored, ok := w.tokens[request.TokenID]
	if !ok {
		return invalidToken(request.TokenID)
	}
	token := stored.clone()
	token.Priority = &request.UpdatePriority
	w.put(token)
	return stopped(w.disconnectWhere(CauseReprioritize, func(f *feed) bool { return f.tokenID == token.ID }), stoppedToken)
}

// stopStream disconnects all feeds of one stream, given as ACCOUNT/NAME.
func (w *world) stopStream(c call) *answer {
	var request struct {
		StreamID string `json:"streamId"`
	}
	if a := c.decode(&request); a != nil {
		return a
	}
	name, ok := w.streamName(request.StreamID)
	if !ok {
		return failed(map[string]string{"streamId": "This is no stream of the account."})
	}
	return stopped(w.disconnectWhere(CauseStop, func(f *feed) bool { return f.stream == name }), stoppedStream)
}

// stopAllStreams disconnects all feeds of the account.
func (w *world) stopAllStreams(call) *answer {
	return stopped(w.disconnectWhere(CauseStop, func(*feed) bool { return true }), stoppedAccount)
}

// streamName returns the name in a stream id, and false if it has none or is
// one of another account. Names may have slashes.
func (w *world) streamName(streamID string) (string, bool) {
	account, name, ok := strings.Cut(streamID, "/")
	return name, ok && account == w.account && name != ""
}

func (w *world) listActiveTokens(call) *answer {
	return w.activeTokens(func(*feed) bool { return true })
}

func (w *world) listActiveTokensOfStream(c call) *answer {
	name, ok := w.streamName(c.query("streamId", ""))
	return w.activeTokens(func(f *feed) bool { return ok && f.stream == name })
}

// activeTokens answers the ids of the tokens with a live feed that matches.
func (w *world) activeTokens(match func(*feed) bool) *answer {
	ids := []int64{}
	for _, f := range w.live {
		if match(f) {
			ids = append(ids, f.tokenID)
		}
	}
	slices.Sort(ids)
	return succeeded(struct {
		TokenIDs []int64 `json:"tokenIds"`
	}{shuffle(w.shape, slices.Compact(ids))})
}
