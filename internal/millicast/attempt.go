package millicast

import (
	"encoding/json"
	"slices"
	"time"
)

// clockTolerance is how much older than its create a token may seem, since the
// API is more than one machine.
const clockTolerance = 5 * time.Second

// Attempt is one create under way: what it takes to find its token later, should
// the answer never come.
type Attempt struct {
	// Since is when it began, by the API's clock.
	Since time.Time `json:"since"`

	// Before are tokens that look like the one to come and were there already, as
	// far as this Client has made them.
	Before []int64 `json:"before,omitempty"`
}

// Encode returns the attempt as a JSON object.
func (a Attempt) Encode() []byte {
	encoded, err := json.Marshal(a)
	if err != nil {
		panic("millicast: an attempt of plain values did not encode: " + err.Error())
	}
	return encoded
}

// DecodeAttempt reads what [Attempt.Encode] wrote.
func DecodeAttempt(encoded []byte) (Attempt, error) {
	var a Attempt
	err := json.Unmarshal(encoded, &a)
	return a, err
}

// origin is where a token may come from, as seen from an attempt.
type origin int

const (
	madeElsewhere origin = iota
	madeShortlyBefore
	madeSince
)

// origin holds a token against the attempt of a create.
func (a Attempt) origin(create PublishTokenCreate, token PublishToken) origin {
	if looks := Looks(create.Label, create.Streams); looks != Looks(token.Label, token.Streams) || slices.Contains(a.Before, token.ID) {
		return madeElsewhere
	}
	// Lists have times of whole seconds.
	switch began := a.Since.Truncate(time.Second); {
	case !token.AddedOn.Before(began):
		return madeSince
	case !token.AddedOn.Before(began.Add(-clockTolerance)):
		return madeShortlyBefore
	default:
		return madeElsewhere
	}
}
