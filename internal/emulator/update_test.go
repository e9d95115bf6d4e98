package emulator_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const full = `{"label":"one","streams":[{"streamName":"a"},{"streamName":"b"}],"priority":5,"record":true,"encoderProfileId":"p",
	"enableUTCInsertion":true,"geoCascade":{"isEnabled":true},"restream":[{"url":"rtmp://a","key":"12345"}],"allowedOrigins":["x.example"],
	"bindIpsOnUsage":3,"originCluster":"fra-1","allowedCountries":["DE"],"displaySrtPassphrase":true}`

// In an update an absent property is unchanged.
func TestUpdateToken_leavesWhatIsAbsent(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]func(int64) string{"v1": v1, "v2": v2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			id := a.create(full)
			want := a.stored(id)
			a.call(200, "PUT", path(id), `{"label":"two"}`)
			want.Label = "two"
			if got := a.stored(id); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

// null clears priority, encoderProfileId, enableUTCInsertion and geoCascade.
func TestUpdateToken_nullClearsFourProperties(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(full)
	a.call(200, "PUT", v2(id), `{"priority":null,"encoderProfileId":null,"enableUTCInsertion":null,"geoCascade":null}`)
	got := a.stored(id)
	if got.Priority != nil || got.EncoderProfileID != nil || got.EnableUTCInsertion != nil || got.GeoCascade != nil {
		t.Errorf("got %+v, want the four unset", got)
	}
}

// Elsewhere null is as good as absent.
func TestUpdateToken_nullIsIgnoredElsewhere(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(full)
	want := a.stored(id)
	want.Priority = nil
	a.call(200, "PUT", v2(id), `{"priority":null,"label":null,"record":null,"restream":null,"allowedOrigins":null,"bindIpsOnUsage":null,
		"originCluster":null,"allowedCountries":null,"isActive":null,"addTokenStreams":null,"removeTokenStreams":null,"refreshToken":null}`)
	if got := a.stored(id); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// An update with nothing in it is a 400.
func TestUpdateToken_refusesNothing(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(minimal)
	for _, body := range []string{`{}`, `{"label":null}`} {
		for _, path := range []string{v1(id), v2(id)} {
			if got := a.call(400, "PUT", path, body).data()["token"]; got != "No properties specified to update." {
				t.Errorf("%s: got %v", body, got)
			}
		}
	}
}

func TestUpdateToken_editsStreamsByDifference(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		update string
		want   []emulator.Stream
	}{
		"adds":                     {`{"addTokenStreams":[{"streamName":"c"}]}`, []emulator.Stream{{Name: "a"}, {Name: "b"}, {Name: "c"}}},
		"adds one there is":        {`{"addTokenStreams":[{"streamName":"a","isRegex":true}]}`, []emulator.Stream{{Name: "a", IsRegex: true}, {Name: "b"}}},
		"removes":                  {`{"removeTokenStreams":["a"]}`, []emulator.Stream{{Name: "b"}}},
		"removes what is not":      {`{"removeTokenStreams":["z"]}`, []emulator.Stream{{Name: "a"}, {Name: "b"}}},
		"replaces all":             {`{"removeTokenStreams":["a","b"],"addTokenStreams":[{"streamName":"c"}]}`, []emulator.Stream{{Name: "c"}}},
		"adds the removed one":     {`{"removeTokenStreams":["a"],"addTokenStreams":[{"streamName":"a"}]}`, []emulator.Stream{{Name: "b"}, {Name: "a"}}},
		"removes the last, refuse": {`{"removeTokenStreams":["a","b"]}`, nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			id := a.create(full)
			if c.want == nil {
				a.call(400, "PUT", v2(id), c.update)
				c.want = []emulator.Stream{{Name: "a"}, {Name: "b"}}
			} else {
				a.call(200, "PUT", v2(id), c.update)
			}
			if got := a.stored(id).Streams; !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// A restream list replaces the old one, and [] is no restreams.
func TestUpdateToken_replacesRestreams(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(full)
	a.call(200, "PUT", v2(id), `{"restream":[{"url":"rtmp://b","key":"67890","label":"b"}]}`)
	if got := a.stored(id).Restreams; len(got) != 1 || got[0].URL != "rtmp://b" {
		t.Errorf("got %+v", got)
	}
	a.call(200, "PUT", v2(id), `{"restream":[]}`)
	if got := a.stored(id).Restreams; len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

// 0 unbinds, and "" is the account's cluster again.
func TestUpdateToken_emptyValuesClear(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(full)
	data := a.call(200, "PUT", v2(id), `{"bindIpsOnUsage":0,"originCluster":"","allowedCountries":[]}`).data()
	if _, ok := data["bindIpsOnUsage"]; ok {
		t.Error("still bound")
	}
	if _, ok := data["originCluster"]; ok {
		t.Error("still has a cluster")
	}
	if got := a.stored(id); len(got.AllowedCountries) != 0 {
		t.Errorf("still allows %v only", got.AllowedCountries)
	}
}

// The exclusions hold for what the token has after the update.
func TestUpdateToken_refusesWhatDoesNotGoTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		update string
		status int
	}{
		"clip beside record":        {`{"clip":true}`, 400},
		"clip instead of record":    {`{"clip":true,"record":false}`, 200},
		"denied beside allowed":     {`{"deniedCountries":["FR"]}`, 400},
		"denied instead of allowed": {`{"deniedCountries":["FR"],"allowedCountries":[]}`, 200},
		"addresses beside binding":  {`{"allowedIpAddresses":["192.0.2.1"]}`, 400},
		"addresses, not binding":    {`{"allowedIpAddresses":["192.0.2.1"],"bindIpsOnUsage":0}`, 200},
		"an empty label":            {`{"label":""}`, 400},
		"a cascade to nowhere":      {`{"geoCascade":{"isEnabled":true,"clusters":[]}}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			a.call(c.status, "PUT", v2(a.create(full)), c.update)
		})
	}
}

// The older update has other names for some properties.
func TestUpdateTokenV1_hasOtherNames(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(minimal)
	data := a.call(200, "PUT", v1(id), `{"updateOriginCluster":"lon-1","updateAllowedCountries":["DE"],"updateGeoCascade":{"isEnabled":false,"clusters":[]},"updateBindIpsOnUsage":2}`).data()
	if data["name"] != "one" || data["originCluster"] != "lon-1" || fmt.Sprint(data["allowedCountries"]) != "[DE]" {
		t.Errorf("got %v", data)
	}
	if got := a.stored(id); got.GeoCascade == nil || got.BindIPsOnUsage != 2 {
		t.Errorf("got %+v", got)
	}
}

// The name is only in the older answers.
func TestUpdateToken_hasNoName(t *testing.T) {
	t.Parallel()
	a := open(t)
	if name, ok := a.call(200, "PUT", v2(a.create(minimal)), `{"label":"two"}`).data()["name"]; ok {
		t.Errorf("it has the name %v", name)
	}
}
