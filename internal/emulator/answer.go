package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
)

// answer is what a call is answered: an HTTP status and a body that is sent as JSON.
type answer struct {
	status int
	body   any
}

// envelope is what the API wraps around every answer.
type envelope struct {
	Status  string `json:"status"`            // success, fail or error
	Message string `json:"message,omitempty"` // of an error
	Code    int    `json:"code,omitempty"`    // of an error: its HTTP status
	Data    any    `json:"data,omitzero"`     // of a success or a fail
}

// succeeded answers a call that was done.
func succeeded(data any) *answer {
	return &answer{http.StatusOK, envelope{Status: "success", Data: data}}
}

// failed answers a request that is wrong, or that names what does not exist.
// The API has no fixed shape for data.
func failed(data any) *answer {
	return &answer{http.StatusBadRequest, envelope{Status: "fail", Data: data}}
}

// errored answers any other trouble.
func errored(status int, message string) *answer {
	return &answer{status, envelope{Status: "error", Message: message, Code: status}}
}

// shape says how answers are written where the API leaves it open.
type shape struct {
	nulls    bool // unset properties are null, else left out
	shuffled bool // lists that stand for sets come in another order than sent
	unknown  bool // objects carry a property that is not described
}

// field is a property of an answer that may be unset.
type field[T any] struct {
	value *T
	null  bool // unset is written as null
}

// optional returns a field that is unset if value is nil.
func optional[T any](s shape, value *T) field[T] { return field[T]{value, s.nulls} }

// nonzero returns a field that is unset if value is the zero value.
func nonzero[T comparable](s shape, value T) field[T] {
	var zero T
	if value == zero {
		return optional[T](s, nil)
	}
	return optional(s, &value)
}

// set returns a field for a list whose order means nothing. An empty one is [],
// or null in a shape with nulls.
func set[T any](s shape, values []T) field[[]T] {
	if len(values) == 0 && s.nulls {
		return optional[[]T](s, nil)
	}
	values = shuffle(s, values)
	return optional(s, &values)
}

// shuffle returns the values of a set in the order of the shape, never nil.
func shuffle[T any](s shape, values []T) []T {
	values = append([]T{}, values...)
	if s.shuffled {
		slices.Reverse(values)
	}
	return values
}

// IsZero reports whether the property is left out.
func (f field[T]) IsZero() bool { return f.value == nil && !f.null }

// MarshalJSON writes the value, or null if there is none.
func (f field[T]) MarshalJSON() ([]byte, error) { return json.Marshal(f.value) }

// encode writes an answer's body.
func (a *answer) encode() []byte {
	body, err := json.Marshal(a.body)
	if err != nil {
		panic("emulator: answer cannot be encoded: " + err.Error())
	}
	return body
}

// withUnknown adds a property that no description has to every object in a body.
func withUnknown(body []byte) []byte {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return body
	}
	addUnknown(value)
	body, err := json.Marshal(value)
	if err != nil {
		panic("emulator: answer cannot be encoded: " + err.Error())
	}
	return body
}

func addUnknown(value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, v := range value {
			addUnknown(v)
		}
		value["addedLater"] = map[string]any{"reason": "properties may come at any time"}
	case []any:
		for _, v := range value {
			addUnknown(v)
		}
	}
}
