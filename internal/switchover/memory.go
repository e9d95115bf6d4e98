package switchover

import (
	"encoding/json"
	"sync"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
)

// Memory is what is known of a token from a change, and can't be read from the
// API. Whoever makes changes over several runs keeps it between them.
type Memory struct {
	// TokenID is the token that it is about.
	TokenID int64 `json:"token_id,omitempty"`

	// Created says that the priority before the first change was seen.
	Created bool `json:"created,omitempty"`

	// Previous is that priority. nil: unset.
	Previous *int32 `json:"previous,omitempty"`

	// Applied is the priority that was put in place last.
	Applied int32 `json:"applied,omitempty"`

	// Continued says that somebody else goes on with the same token, so that
	// nothing is to be put back.
	Continued bool `json:"continued,omitempty"`

	// Explicit are the feeds that came back with a priority of their own.
	Explicit []ExplicitFeed `json:"explicit,omitempty"`

	// Live are the live feeds that the last reading saw, if it could tell them.
	Live      []failover.Feed `json:"live,omitempty"`
	Monitored bool            `json:"monitored,omitempty"`
}

// Seen returns the memory with what a reading of the token saw.
func (m Memory) Seen(view View) Memory {
	m.TokenID = view.Token.ID
	m.Explicit = Prune(m.Explicit, view)
	m.Live, m.Monitored = nil, view.Monitored
	if view.Monitored {
		m.Live = view.Live
	}
	return m
}

// Foresee is the worst that viewers notice of a priority, by what the last
// reading saw. nil: it could not tell.
func (m Memory) Foresee(priority int32) *failover.Verdict {
	if !m.Monitored {
		return nil
	}
	view := View{Live: m.Live, Monitored: true}
	view.Token.ID = m.TokenID
	return new(Decide(view, failover.Number(priority), m.Explicit).Notice())
}

// Encode returns the memory as a JSON object.
func (m Memory) Encode() []byte { return encode(m) }

func encode(memory any) []byte {
	encoded, err := json.Marshal(memory)
	if err != nil {
		panic("switchover: a memory of plain values did not encode: " + err.Error())
	}
	return encoded
}

// DecodeMemory reads what [Memory.Encode] wrote. Nothing is an empty memory.
func DecodeMemory(encoded []byte) (Memory, error) {
	var m Memory
	if len(encoded) == 0 {
		return m, nil
	}
	err := json.Unmarshal(encoded, &m)
	return m, err
}

// unfinished keeps what is known of tokens and orders for the rest of a run, so
// that whoever goes on with one need not disconnect its feeds once more to learn
// the same.
type unfinished struct {
	mu     sync.Mutex
	tokens map[int64]Memory
	orders map[string]OrderMemory // by stream
}

// Remember keeps the memory of a token for the rest of the run.
func (o *Operator) Remember(tokenID int64, memory Memory) {
	o.unfinished.mu.Lock()
	defer o.unfinished.mu.Unlock()
	if o.unfinished.tokens == nil {
		o.unfinished.tokens = map[int64]Memory{}
	}
	o.unfinished.tokens[tokenID] = memory
}

// Recall returns the memory of a token, and false if there is none.
func (o *Operator) Recall(tokenID int64) (Memory, bool) {
	o.unfinished.mu.Lock()
	defer o.unfinished.mu.Unlock()
	memory, ok := o.unfinished.tokens[tokenID]
	return memory, ok
}

// RememberOrder keeps the memory of a stream's order for the rest of the run.
func (o *Operator) RememberOrder(stream string, memory OrderMemory) {
	o.unfinished.mu.Lock()
	defer o.unfinished.mu.Unlock()
	if o.unfinished.orders == nil {
		o.unfinished.orders = map[string]OrderMemory{}
	}
	o.unfinished.orders[stream] = memory
}

// RecallOrder returns the memory of a stream's order: empty if there is none.
func (o *Operator) RecallOrder(stream string) OrderMemory {
	o.unfinished.mu.Lock()
	defer o.unfinished.mu.Unlock()
	return o.unfinished.orders[stream]
}
