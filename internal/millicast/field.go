package millicast

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
)

// Field is a property of an update request that can be absent, null or set.
// The API reads these as "leave it", "clear it" and "change it". The zero Field
// is absent; tag it `json:",omitzero"`.
type Field[T any] struct {
	present bool
	null    bool
	value   T
}

// Set returns a Field that sends value, be it the zero value of its type.
func Set[T any](value T) Field[T] { return Field[T]{present: true, value: value} }

// Null returns a Field that sends null. The API clears priority,
// encoderProfileId, enableUTCInsertion and geoCascade that way.
func Null[T any]() Field[T] { return Field[T]{present: true, null: true} }

// SetOrNull returns Set(*value), or Null if value is nil.
func SetOrNull[T any](value *T) Field[T] {
	if value == nil {
		return Null[T]()
	}
	return Set(*value)
}

// IsZero reports whether the Field is absent, for encoding/json's omitzero.
func (f Field[T]) IsZero() bool { return !f.present }

// MarshalJSON encodes the value, or null. An absent Field is left out by its
// omitzero tag before it gets here.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if !f.present || f.null {
		return []byte("null"), nil
	}
	// A nil slice is an empty list. As null the API would leave the list as it is.
	if v := reflect.ValueOf(f.value); v.Kind() == reflect.Slice && v.IsNil() {
		return []byte("[]"), nil
	}
	return json.Marshal(f.value)
}

// Format prints the value, "null" or "absent". Without it fmt would get at the
// value by reflection and print secrets in it.
func (f Field[T]) Format(s fmt.State, verb rune) {
	switch {
	case !f.present:
		_, _ = io.WriteString(s, "absent")
	case f.null:
		_, _ = io.WriteString(s, "null")
	default:
		_, _ = fmt.Fprintf(s, fmt.FormatString(s, verb), f.value)
	}
}
