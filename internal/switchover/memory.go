package switchover

import (
	"encoding/json"
	"sync"
)

// Memory is what is known of a token from a change, and can't be read from the
// API. Whoever makes changes over several runs keeps it between them.
type Memory struct {
	// Created says that the priority before the first change was seen.
	Created bool `json:"created,omitempty"`

	// Previous is that priority. nil: unset.
	Previous *int32 `json:"previous,omitempty"`

	// Applied is the priority that was put in place last.
	Applied int32 `json:"applied,omitempty"`

	// Unfinished says that the first change ended with an error after the call.
	Unfinished bool `json:"unfinished,omitempty"`

	// Ending says that the token's priority is about to be given up for good.
	Ending bool `json:"ending,omitempty"`

	// Explicit are the feeds that came back with a priority of their own.
	Explicit []ExplicitFeed `json:"explicit,omitempty"`
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

// unfinished hands what is known of a token from a resource that is read or
// deleted to the one that replaces it in the same run. Terraform replaces a
// resource whose creation ended with an error; without the memory the new one
// would disconnect the token's feeds once more to learn the same.
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
