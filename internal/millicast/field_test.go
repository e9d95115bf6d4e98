package millicast

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

func TestField_states(t *testing.T) {
	t.Parallel()
	for want, update := range map[string]PublishTokenUpdate{
		`{}`:                           {},
		`{"label":null}`:               {Label: Null[string]()},
		`{"label":""}`:                 {Label: Set("")},
		`{"label":"a"}`:                {Label: Set("a")},
		`{"priority":null}`:            {Priority: Null[int32]()},
		`{"priority":0}`:               {Priority: Set[int32](0)},
		`{"priority":-1}`:              {Priority: Set[int32](-1)},
		`{"isActive":false}`:           {IsActive: Set(false)},
		`{"enableUTCInsertion":null}`:  {EnableUTCInsertion: SetOrNull[bool](nil)},
		`{"enableUTCInsertion":false}`: {EnableUTCInsertion: SetOrNull(new(false))},
		`{"encoderProfileId":null}`:    {EncoderProfileID: Null[string]()},
		`{"geoCascade":null}`:          {GeoCascade: Null[GeoCascade]()},
		`{"geoCascade":{"isEnabled":null,"clusters":null}}`: {GeoCascade: Set(GeoCascade{})},
		`{"allowedOrigins":[]}`:                             {AllowedOrigins: Set[[]string](nil)},
		`{"allowedOrigins":["a"]}`:                          {AllowedOrigins: Set([]string{"a"})},
		`{"restream":[]}`:                                   {Restream: Set([]Restream{})},
		`{"restream":[{"url":"u","key":"k"}]}`:              {Restream: Set([]Restream{{URL: "u", Key: "k"}})},
	} {
		got, err := json.Marshal(update)
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
		if update.IsEmpty() != (want == `{}`) {
			t.Errorf("%s: IsEmpty is %v", want, update.IsEmpty())
		}
	}
}

// TestField_everyOneCanBeAbsent guards against a field whose tag lacks omitzero.
func TestField_everyOneCanBeAbsent(t *testing.T) {
	t.Parallel()
	for body, want := range map[any]string{
		&PublishTokenUpdate{}: `{}`,
		&PublishTokenCreate{}: `{"label":"","streams":null}`,
	} {
		if got, err := json.Marshal(body); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

// TestField_everyUpdateCounts guards IsEmpty against a field it overlooks.
func TestField_everyUpdateCounts(t *testing.T) {
	t.Parallel()
	for i := range reflect.TypeFor[PublishTokenUpdate]().NumField() {
		var update PublishTokenUpdate
		field := reflect.ValueOf(&update).Elem().Field(i)
		switch field.Addr().Interface().(type) {
		case *Field[string]:
			field.Set(reflect.ValueOf(Set("")))
		case *Field[bool]:
			field.Set(reflect.ValueOf(Set(false)))
		default:
			continue
		}
		if update.IsEmpty() {
			t.Errorf("%s does not count", reflect.TypeFor[PublishTokenUpdate]().Field(i).Name)
		}
	}
}

func TestField_prints(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ got, want string }{
		{fmt.Sprint(Field[int32]{}), "absent"},
		{fmt.Sprint(Null[int32]()), "null"},
		{fmt.Sprint(Set[int32](-3)), "-3"},
		{fmt.Sprintf("%q", Set("a")), `"a"`},
		{fmt.Sprintf("%+v", Set(StreamName{StreamName: "a"})), "{StreamName:a IsRegex:false}"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}
