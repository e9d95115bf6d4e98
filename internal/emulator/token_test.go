package emulator_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const minimal = `{"label":"one","streams":[{"streamName":"show"}]}`

func TestCreateToken_hasTheDefaultsOfTheAPI(t *testing.T) {
	t.Parallel()
	a := open(t)
	data := a.call(200, "POST", tokens, minimal).data()
	for key, want := range map[string]any{
		"label": "one", "name": "one", "isActive": true, "subscribeRequiresAuth": false, "record": false,
		"clip": false, "multisource": true, "enableThumbnails": false, "displaySrtPassphrase": false,
		"lowLatencyRtmp": true, "drm": false, "id": float64(10001),
	} {
		if data[key] != want {
			t.Errorf("%s is %v, want %v", key, data[key], want)
		}
	}
	if secret, _ := data["token"].(string); !regexp.MustCompile("^[0-9a-f]{64}$").MatchString(secret) {
		t.Errorf("secret %q is not 64 hex digits", secret)
	}
	for _, key := range []string{"priority", "expiresOn", "encoderProfileId", "enableUTCInsertion", "geoCascade", "originCluster", "srtPassphrase", "bindIpsOnUsage", "restream"} {
		if value, ok := data[key]; ok {
			t.Errorf("the unset %s is there: %v", key, value)
		}
	}
}

// Defaults of the API have changed before.
func TestCreateToken_hasOtherDefaultsIfToldSo(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithDefaults(func(t *emulator.Token) { t.LowLatencyRTMP = false }))
	if a.stored(a.create(minimal)).LowLatencyRTMP {
		t.Error("the changed default was not used")
	}
	if id := a.create(`{"label":"two","streams":[{"streamName":"show"}],"lowLatencyRtmp":true}`); !a.stored(id).LowLatencyRTMP {
		t.Error("what was sent did not win over the default")
	}
}

func TestCreateToken_storesWhatIsSent(t *testing.T) {
	t.Parallel()
	a := open(t)
	sent := map[string]any{
		"label": "all", "streams": []any{map[string]any{"streamName": "show", "isRegex": false}, map[string]any{"streamName": "cam.+", "isRegex": true}},
		"priority": float64(-2147483648), "subscribeRequiresAuth": true, "record": true, "multisource": false,
		"enableThumbnails": true, "displaySrtPassphrase": true, "lowLatencyRtmp": false, "drm": true,
		"enableUTCInsertion": true, "encoderProfileId": "profile-1", "originCluster": "fra-1",
		"geoCascade":     map[string]any{"isEnabled": true, "clusters": []any{"lon-1", "fra-1"}},
		"restream":       []any{map[string]any{"url": "rtmp://b", "key": "key-2"}, map[string]any{"url": "rtmp://a", "key": "key-1", "label": "a", "enabled": false}},
		"allowedOrigins": []any{"*.example.com"}, "allowedIpAddresses": []any{"192.0.2.1", "198.51.100.0/24"},
		"allowedCountries": []any{"DE", "AT"},
	}
	id := a.call(200, "POST", tokens, sent).data()["id"]
	got := a.call(200, "GET", fmt.Sprintf("%s/%v", tokens, id), nil).data()
	for key, want := range sent {
		if !reflect.DeepEqual(got[key], want) {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if passphrase, _ := got["srtPassphrase"].(string); passphrase == "" {
		t.Error("the SRT passphrase is missing although it is to be displayed")
	}
}

// The answer to a create has times with fractions of a second, later answers
// whole seconds.
func TestCreateToken_answersExactTimesOnce(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.at(1234)
	created := a.call(200, "POST", tokens, `{"label":"one","streams":[{"streamName":"show"}],"expires":60}`).data()
	if created["addedOn"] != "2026-03-01T12:00:01.234000Z" || created["expiresOn"] != "2026-03-01T12:01:01.234000Z" {
		t.Errorf("created at %v, expires %v", created["addedOn"], created["expiresOn"])
	}
	for _, r := range []reply{a.call(200, "GET", tokens+"/10001", nil), a.call(200, "PUT", v2(10001), `{"label":"two"}`)} {
		if got := r.data(); got["addedOn"] != "2026-03-01T12:00:01Z" || got["expiresOn"] != "2026-03-01T12:01:01Z" {
			t.Errorf("later: created at %v, expires %v", got["addedOn"], got["expiresOn"])
		}
	}
}

func TestCreateToken_neverUsesAnIDAgain(t *testing.T) {
	t.Parallel()
	a := open(t)
	first := a.create(minimal)
	a.DeleteToken(first)
	if second := a.create(minimal); second <= first {
		t.Errorf("id %d after %d", second, first)
	}
}

// Limits and exclusions are answered 400, and nothing is created.
func TestCreateToken_refuses(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 129)
	restreams := strings.Repeat(`{"url":"rtmp://a","key":"12345"},`, 11)
	cases := map[string]string{
		"no label":                   `"streams":[{"streamName":"a"}]`,
		"empty label":                `"label":"","streams":[{"streamName":"a"}]`,
		"long label":                 `"label":"` + long + `","streams":[{"streamName":"a"}]`,
		"no streams":                 `"label":"a"`,
		"empty streams":              `"label":"a","streams":[]`,
		"empty stream name":          `"label":"a","streams":[{"streamName":""}]`,
		"long stream name":           `"label":"a","streams":[{"streamName":"` + long + `"}]`,
		"broken regex":               `"label":"a","streams":[{"streamName":"(","isRegex":true}]`,
		"eleven restreams":           `"restream":[` + strings.TrimSuffix(restreams, ",") + `]`,
		"short restream key":         `"restream":[{"url":"rtmp://a","key":"1234"}]`,
		"long restream key":          `"restream":[{"url":"rtmp://a","key":"` + strings.Repeat("k", 513) + `"}]`,
		"restream without url":       `"restream":[{"key":"12345"}]`,
		"long restream url":          `"restream":[{"url":"` + strings.Repeat("u", 2049) + `","key":"12345"}]`,
		"record and clip":            `"record":true,"clip":true`,
		"allowed and denied":         `"allowedCountries":["DE"],"deniedCountries":["FR"]`,
		"addresses and binding":      `"allowedIpAddresses":["192.0.2.1"],"bindIpsOnUsage":1`,
		"negative binding":           `"bindIpsOnUsage":-1`,
		"IPv6":                       `"allowedIpAddresses":["2001:db8::1"]`,
		"no address":                 `"allowedIpAddresses":["192.0.2"]`,
		"no block":                   `"allowedIpAddresses":["192.0.2.0/33"]`,
		"cascade to nowhere":         `"geoCascade":{"isEnabled":true,"clusters":[]}`,
		"country in lower case":      `"allowedCountries":["de"]`,
		"country of three letters":   `"deniedCountries":["DEU"]`,
		"priority beyond an int32":   `"priority":2147483648`,
		"priority in words":          `"priority":"1"`,
		"expiry at once":             `"expires":0`,
		"streams that are null":      `"label":"a","streams":null`,
		"a body that is no object":   ``,
		"a property of another type": `"record":"yes"`,
	}
	for name, properties := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			body := "{" + properties + "}"
			if !strings.Contains(properties, "label") && !strings.Contains(name, "label") && properties != "" {
				body = `{"label":"a","streams":[{"streamName":"a"}],` + properties + "}"
			}
			if properties == "" {
				body = "[]"
			}
			r := a.call(400, "POST", tokens, body)
			if r.body["status"] != "fail" || len(r.data()) == 0 {
				t.Errorf("the answer does not say what is wrong: %s", r.raw)
			}
			if n := len(a.Tokens()); n != 0 {
				t.Errorf("%d tokens were created", n)
			}
		})
	}
}

func TestCreateToken_acceptsTheLimits(t *testing.T) {
	t.Parallel()
	for name, properties := range map[string]string{
		"longest label":         `"label":"` + strings.Repeat("ü", 128) + `"`,
		"ten restreams":         `"restream":[` + strings.TrimSuffix(strings.Repeat(`{"url":"u","key":"12345"},`, 10), ",") + `]`,
		"longest restream":      `"restream":[{"url":"` + strings.Repeat("u", 2048) + `","key":"` + strings.Repeat("k", 512) + `"}]`,
		"a disabled cascade":    `"geoCascade":{"isEnabled":false,"clusters":[]}`,
		"a cascade of nothing":  `"geoCascade":{}`,
		"a binding of none":     `"bindIpsOnUsage":0,"allowedIpAddresses":["192.0.2.1"]`,
		"null for all it knows": `"record":null,"geoCascade":null,"restream":null,"priority":null,"expires":null,"allowedCountries":null`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"label":"a","streams":[{"streamName":"a"}],` + properties + `}`
			if !json.Valid([]byte(body)) {
				t.Fatal("bad test")
			}
			open(t).create(body)
		})
	}
}

// A missing token is a 400, not a 404.
func TestToken_missing(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ method, path, body, want string }{
		"read":       {"GET", v1(99), "", "No publish token with id: 99"},
		"update":     {"PUT", v2(99), `{"label":"a"}`, "No publish token with id: 99"},
		"old update": {"PUT", v1(99), `{"label":"a"}`, "No publish token with id: 99"},
		"delete":     {"DELETE", v1(99), "", "No publish token with id: 99"},
		"sync":       {"POST", v1(99) + "/restream/sync", "", "Invalid TokenId (99) for AccountId (5001)"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var body any
			if c.body != "" {
				body = c.body
			}
			r := open(t).call(400, c.method, c.path, body)
			if got := r.data()["tokenId"]; r.body["status"] != "fail" || got != c.want {
				t.Errorf("got %s, want %q", r.raw, c.want)
			}
		})
	}
}

func TestDisableTokens_saysWhichItCouldNot(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	data := a.call(200, "PATCH", tokens+"/disable", fmt.Sprintf(`{"tokenIds":[%d,99]}`, id)).data()
	done, _ := data["successfulTokens"].([]any)
	failed, _ := data["failedTokens"].([]any)
	if len(done) != 1 || len(failed) != 1 || a.stored(id).IsActive {
		t.Errorf("got %v", data)
	}
	a.call(400, "PATCH", tokens+"/disable", `{"tokenIds":[]}`)
}

func TestToken_isChangedByTheDashboard(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.create(minimal)
	a.UpdateToken(id, func(t *emulator.Token) { t.Label, t.ID = "drifted", 1 })
	a.SetPriority(id, new(int32(4)))
	data := a.call(200, "GET", v1(id), nil).data()
	if data["label"] != "drifted" || data["priority"] != float64(4) || data["id"] != float64(id) {
		t.Errorf("got %v", data)
	}
	if found, ok := a.TokenByLabel("drifted"); !ok || found.ID != id {
		t.Errorf("found %+v, %v", found, ok)
	}
	a.DeleteToken(id)
	a.call(400, "GET", v1(id), nil)
}

func TestToken_isACopy(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, new(int32(1)))
	copied := a.stored(id)
	*copied.Priority = 9
	copied.Streams[0].Name = "changed"
	if got := a.stored(id); *got.Priority != 1 || got.Streams[0].Name != show {
		t.Errorf("the stored token changed: %+v", got)
	}
}

// Settings of the account are in force where the token has none.
func TestToken_effectiveSettings(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithDefaultCluster("sgp-1"))
	plain := object(a.call(200, "POST", tokens, minimal).data()["effectiveSettings"])
	if plain["originCluster"] != "sgp-1" || plain["enableUTCInsertion"] != false {
		t.Errorf("got %v, want the account's", plain)
	}
	own := object(a.call(200, "POST", tokens, `{"label":"two","streams":[{"streamName":"show"}],"originCluster":"fra-1","enableUTCInsertion":true,"deniedCountries":["FR"],"geoCascade":{"isEnabled":false,"clusters":["fra-1"]}}`).data()["effectiveSettings"])
	want := map[string]any{
		"originCluster": "fra-1", "enableUTCInsertion": true, "allowedCountries": []any{}, "deniedCountries": []any{"FR"},
		"geoCascade": map[string]any{"isEnabled": false, "clusters": []any{"fra-1"}},
	}
	if !reflect.DeepEqual(own, want) {
		t.Errorf("got %v, want %v", own, want)
	}
}
