package millicast

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
)

func TestDecode_token(t *testing.T) {
	t.Parallel()
	c := serve(t, reply(200, `{"status":"success","data":{
		"id":7,"label":"studio","name":"old name","token":"token-secret","addedOn":"2024-12-03T06:02:58.052266Z",
		"expiresOn":"2025-01-03T02:57:56Z","isActive":true,"streams":[{"streamName":"main","isRegex":false},{"streamName":".*","isRegex":true}],
		"priority":-3,"subscribeRequiresAuth":true,"record":false,"clip":true,"multisource":true,"enableThumbnails":true,
		"lowLatencyRtmp":true,"displaySrtPassphrase":true,"srtPassphrase":"passphrase","drm":false,"enableUTCInsertion":false,
		"encoderProfileId":"profile","geoCascade":{"isEnabled":true,"clusters":["phx-1"]},
		"restream":[{"label":"one","url":"rtmp://example.com","key":"restream-key","enabled":false}],
		"allowedOrigins":["*.example.com"],"allowedIpAddresses":["192.0.2.0/24"],"bindIpsOnUsage":2,"originCluster":"phx-1",
		"allowedCountries":["NZ"],"deniedCountries":[],"integrationId":"None","effectiveSettings":{"originCluster":"auto",
		"allowedCountries":["NZ"],"deniedCountries":null,"geoCascade":{"isEnabled":null},"enableUTCInsertion":true}}}`))
	got, err := c.PublishTokens.Get(t.Context(), 7)
	want := PublishToken{
		ID: 7, Label: "studio", Token: "token-secret", AddedOn: time.Date(2024, 12, 3, 6, 2, 58, 52266000, time.UTC),
		ExpiresOn: new(time.Date(2025, 1, 3, 2, 57, 56, 0, time.UTC)), IsActive: true,
		Streams:  []StreamName{{StreamName: "main"}, {StreamName: ".*", IsRegex: true}},
		Priority: new(int32(-3)), SubscribeRequiresAuth: true, Clip: true, Multisource: true, EnableThumbnails: true,
		LowLatencyRTMP: true, DisplaySRTPassphrase: true, SRTPassphrase: new(Secret("passphrase")), EnableUTCInsertion: new(false),
		EncoderProfileID: new("profile"), GeoCascade: &GeoCascade{IsEnabled: new(true), Clusters: []string{"phx-1"}},
		Restream:       []Restream{{Label: new("one"), URL: "rtmp://example.com", Key: "restream-key", Enabled: new(false)}},
		AllowedOrigins: []string{"*.example.com"}, AllowedIPAddresses: []string{"192.0.2.0/24"}, BindIPsOnUsage: new(int64(2)),
		OriginCluster: "phx-1", AllowedCountries: []string{"NZ"}, DeniedCountries: []string{},
		EffectiveSettings: &EffectiveSettings{
			OriginCluster: new("auto"), AllowedCountries: []string{"NZ"}, GeoCascade: &GeoCascade{}, EnableUTCInsertion: new(true),
		},
	}
	if err := expect(err, got, want); err != nil {
		t.Error(err)
	}
}

func TestDecode_nullAndMissingAreTheSame(t *testing.T) {
	t.Parallel()
	missing := serve(t, reply(200, `{"status":"success","data":{"id":7}}`))
	null := serve(t, reply(200, `{"data":{"id":7,"label":null,"token":null,"addedOn":null,"expiresOn":null,"isActive":null,
		"streams":null,"priority":null,"record":null,"srtPassphrase":null,"geoCascade":null,"restream":null,"bindIpsOnUsage":null,
		"originCluster":null,"effectiveSettings":null,"somethingNew":{"a":[1]}},"message":null,"status":"success"}`))
	for _, c := range []*Client{missing, null} {
		got, err := c.PublishTokens.Get(t.Context(), 7)
		if err := expect(err, got, PublishToken{ID: 7}); err != nil {
			t.Error(err)
		}
	}
}

func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		``:                                       "unusable answer: it is an empty answer",
		`<html><title>Hi</title>`:                "unusable answer: it is an HTML page titled Hi",
		`hello`:                                  "unusable answer: the answer is not valid JSON",
		`{"status":"success"`:                    "unusable answer: the answer is not valid JSON",
		`[]`:                                     "unusable answer: the answer is of the wrong type: array",
		`null`:                                   "unusable answer: it has no status",
		`{}`:                                     "unusable answer: it has no status",
		`{"data":{"id":7}}`:                      "unusable answer: it has no status",
		`{"status":200,"data":{}}`:               "unusable answer: the answer.status is of the wrong type: number",
		`{"status":"ok","data":{"id":7}}`:        "unusable answer: its status is neither success nor fail nor error",
		`{"status":"success"}`:                   "unusable answer: it reports success and has no data",
		`{"status":"success","data":null}`:       "unusable answer: it reports success and has no data",
		`{"status":"success","data":[]}`:         "unusable answer: data is of the wrong type: array",
		`{"status":"success","data":true}`:       "unusable answer: data is of the wrong type: bool",
		`{"status":"success","data":{"id":"7"}}`: "unusable answer: data.id is of the wrong type: string",
		`{"status":"success","data":{"id":7.5}}`: "unusable answer: data.id is of the wrong type: number",
		`{"status":"success","data":{"id":7,"priority":3000000000}}`:            "unusable answer: data.priority is of the wrong type: number",
		`{"status":"success","data":{"id":7,"streams":[{"streamName":["x"]}]}}`: "unusable answer: data.streams.streamName is of the wrong type: array",
		`{"status":"success","data":{"id":7,"addedOn":"yesterday"}}`:            "unusable answer: data holds a time that is none",
		`{"status":"success","data":{"id":7,"addedOn":5}}`:                      "unusable answer: data holds a value of the wrong form",
		`{"status":"success","data":{}}`:                                        "unusable answer: the token has no id",
		`{"status":"success","data":{"id":8}}`:                                  "unusable answer: it is token 8",
	} {
		e := errorOf(t, put7(t.Context(), serve(t, reply(200, body))))
		if e.Err == nil || e.Err.Error() != says || !IsUncertain(e) || e.Status != 200 {
			t.Errorf("%s: got %v, want %q", body, e, says)
		}
	}
}

func TestDecode_deletion(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"status":"success","data":true}`:  true,
		`{"status":"success","data":null}`:  true,
		`{"status":"success"}`:              true,
		`{"status":"success","data":false}`: false,
		``:                                  false,
	} {
		if err := delete7(t.Context(), serve(t, reply(200, body))); (err == nil) != want || err != nil && !IsUncertain(err) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

func TestDecode_byteOrderMark(t *testing.T) {
	t.Parallel()
	if err := get7(t.Context(), serve(t, reply(200, "\uFEFF"+token7))); err != nil {
		t.Error(err)
	}
}

// FuzzDecode feeds answers of any kind to calls of every shape. There is never
// a panic, and an error is one line that shows no secret.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		token7, noToken7, busy, ``, `null`, `[]`, `{"status":"success","data":[{"id":1},{"id":2}]}`,
		`{"status":"success","data":{"pagination":null,"data":[{"streamId":"a/b"}]}}`,
		`{"status":"fail","data":{"errors":{"a":["b",{"c":null}]},"message":"d"}}`, `{"status":1,"code":"x","data":[[["y"]]]}`,
		`<html><title>` + testSecret + `</title>`, "\uFEFF{}", "\x00\xff" + testSecret, `{"message":"` + testSecret + `"}`,
	} {
		for _, status := range []int{200, 400, 404, 503} {
			f.Add(status, body)
		}
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 599 {
			return
		}
		api := answers(says(status, body))
		c, err := New(testSecret, WithTransport(api), WithMaxRetries(0), WithRetryWait(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		// A list goes on as long as its answers differ, which these do not.
		for _, call := range []callFunc{get7, put7, delete7, reprioritize7, getMain, listTokens, listLive, func(ctx context.Context, c *Client) error {
			_, err := c.Clusters.Get(ctx)
			return err
		}} {
			err := call(t.Context(), c)
			if err == nil {
				continue
			}
			var e *Error
			if !errors.As(err, &e) || reflect.ValueOf(e).IsNil() {
				t.Fatalf("got %T", err)
			}
			text := e.Error() + e.Said()
			if strings.Contains(text, testSecret) || strings.ContainsFunc(text, unicode.IsControl) {
				t.Errorf("got %q", text)
			}
			if IsGone(err) && status != http.StatusBadRequest && status != http.StatusNotFound {
				t.Errorf("HTTP %d is gone: %v", status, err)
			}
		}
	})
}
