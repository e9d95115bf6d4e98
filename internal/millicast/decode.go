package millicast

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// checkedAnswer is data that can tell that it is not what was asked for.
type checkedAnswer interface{ check(params) error }

// decode reads the data out of the envelope of a success. Properties that T
// does not know are ignored; null and missing ones leave their zero value. Its
// errors say what is wrong and hold nothing of the body.
func decode[T any](k call, body []byte) (T, error) {
	var zero, data T
	body = trimBody(body)
	var envelope struct {
		Status *string         `json:"status"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(body, &envelope); err != nil {
		return zero, describe("the answer", err)
	}
	if envelope.Status == nil {
		return zero, errors.New("it has no status")
	}
	if *envelope.Status != "success" {
		return zero, errors.New("its status is neither success nor fail nor error")
	}
	if len(envelope.Data) == 0 || string(envelope.Data) == "null" {
		if k.optional {
			return zero, nil
		}
		return zero, errors.New("it reports success and has no data")
	}
	if err := json.Unmarshal(envelope.Data, &data); err != nil {
		return zero, describe("data", err)
	}
	if checked, ok := any(data).(checkedAnswer); ok {
		if err := checked.check(k.params); err != nil {
			return zero, err
		}
	}
	return data, nil
}

// describe says what is wrong with JSON, without its contents.
func describe(what string, err error) error {
	var wrongType *json.UnmarshalTypeError
	var wrongTime *time.ParseError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &wrongType):
		if wrongType.Field != "" {
			what += "." + wrongType.Field
		}
		// The value may follow the name of its type.
		got, _, _ := strings.Cut(wrongType.Value, " ")
		return fmt.Errorf("%s is of the wrong type: %s", what, got)
	case errors.As(err, &wrongTime):
		return fmt.Errorf("%s holds a time that is none", what)
	case errors.As(err, &syntax):
		return fmt.Errorf("%s is not valid JSON", what)
	default:
		return fmt.Errorf("%s holds a value of the wrong form", what)
	}
}
