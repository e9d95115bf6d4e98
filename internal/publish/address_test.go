package publish_test

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

const secret = "00ff10eeb6a7f0c1d2e3f4a5968778695a4b3c2d1e0f00112233445566778899"

func TestAddresses(t *testing.T) {
	t.Parallel()
	const short = "AP8Q7ran8MHS4_Sllod4aVpLPC0eDwARIjNEVWZ3iJk"
	for name, test := range map[string]struct {
		form func() (string, error)
		want string
	}{
		"WHIP":            {func() (string, error) { return publish.WHIPURL("main_stream") }, "https://director.millicast.com/api/whip/main_stream"},
		"WHIP, escaped":   {func() (string, error) { return publish.WHIPURL("día 1%") }, "https://director.millicast.com/api/whip/d%C3%ADa%201%25"},
		"RTMP":            {func() (string, error) { return publish.RTMPURL("rtmp-phx-1.millicast.com") }, "rtmp://rtmp-phx-1.millicast.com:1935/v2/pub/"},
		"RTMP, auto":      {func() (string, error) { return publish.RTMPURL("auto") }, "rtmp://rtmp-auto.millicast.com:1935/v2/pub/"},
		"RTMP stream key": {func() (string, error) { return publish.RTMPStreamKey("main_stream", secret) }, "main_stream?token=" + secret},
		"SRT": {
			func() (string, error) { return publish.SRTURL("srt-phx-1.millicast.com", "main_stream", secret, false) },
			"srt://srt-phx-1.millicast.com:10000?streamid=main_stream%3Ft%3D" + short,
		},
		"SRT, encrypted": {
			func() (string, error) { return publish.SRTURL("auto", "main stream", secret, true) },
			"srt://srt-auto.millicast.com:10000?streamid=main%20stream%3Ft%3D" + short + "%26e",
		},
		"viewer":          {func() (string, error) { return publish.ViewerURL("Abcde0", "main_stream") }, "https://viewer.millicast.com?streamId=Abcde0/main_stream"},
		"viewer, escaped": {func() (string, error) { return publish.ViewerURL("Abcde0", "a=b +c") }, "https://viewer.millicast.com?streamId=Abcde0/a%3Db%20%2Bc"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.form()
			if err != nil || got != test.want {
				t.Errorf("got %s, %v; want %s", got, err, test.want)
			}
		})
	}
}

func TestAddresses_wrongArguments(t *testing.T) {
	t.Parallel()
	stream := func(s string) error {
		_, err := publish.WHIPURL(s)
		return err
	}
	host := func(s string) error {
		_, err := publish.SRTURL(s, "main", secret, false)
		return err
	}
	token := func(s string) error {
		_, err := publish.RTMPStreamKey("main", s)
		return err
	}
	account := func(s string) error {
		_, err := publish.ViewerURL(s, "main")
		return err
	}
	for name, test := range map[string]struct {
		err      error
		argument publish.Argument
	}{
		"no stream":               {stream(""), publish.Stream},
		"long stream":             {stream(strings.Repeat("é", 129)), publish.Stream},
		"stream with a query":     {stream("main?priority=5"), publish.Stream},
		"stream with a parameter": {stream("main&priority=5"), publish.Stream},
		"stream id":               {stream("Abcde0/main"), publish.Stream},
		"stream with a newline":   {stream("main\n"), publish.Stream},
		"stream of bytes":         {stream("\xff"), publish.Stream},
		"no host":                 {host(""), publish.Host},
		"cluster id":              {host("phx-1"), publish.Host},
		"host with a scheme":      {host("srt://srt-phx-1.millicast.com"), publish.Host},
		"host with a port":        {host("srt-phx-1.millicast.com:10000"), publish.Host},
		"host with an empty part": {host("srt..com"), publish.Host},
		"host with a dash first":  {host("-srt.millicast.com"), publish.Host},
		"no token":                {token(""), publish.Token},
		"token id":                {token("123"), publish.Token},
		"token in upper case":     {token("ABCD"), publish.Token},
		"token with a parameter":  {token(secret + "&priority=5"), publish.Token},
		"no account":              {account(""), publish.Account},
		"stream id for account":   {account("Abcde0/main"), publish.Account},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got *publish.ArgumentError
			if !errors.As(test.err, &got) || got.Argument != test.argument {
				t.Fatalf("got %v, want an error on %s", test.err, test.argument)
			}
			if strings.Contains(got.Error(), secret) {
				t.Errorf("the secret is in %q", got)
			}
		})
	}
}

// What an SRT address says can be read back: the stream, the hex secret, and
// whether it is encrypted.
func TestSRTURL_readBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		stream := rapid.StringMatching(`[a-zA-Z0-9_.=%+ é-]{1,40}`).Draw(t, "stream")
		token := hex.EncodeToString(rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "secret"))
		encrypted := rapid.Bool().Draw(t, "encrypted")

		address, err := publish.SRTURL("auto", stream, token, encrypted)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		name, rest, _ := strings.Cut(parsed.Query().Get("streamid"), "?t=")
		short, flag := strings.CutSuffix(rest, "&e")
		raw, err := base64.RawURLEncoding.DecodeString(short)
		if err != nil || name != stream || flag != encrypted || hex.EncodeToString(raw) != token {
			t.Errorf("%s reads as %q, %s, %t, %v", address, name, hex.EncodeToString(raw), flag, err)
		}
	})
}

// No argument can bring a priority into an address.
func TestAddresses_neverHaveAPriority(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"main", "main?priority=1", "&priority=1", "auto", secret}))
		host, stream, token, account := part.Draw(t, "host"), part.Draw(t, "stream"), part.Draw(t, "token"), part.Draw(t, "account")
		whip, _ := publish.WHIPURL(stream)
		rtmp, _ := publish.RTMPURL(host)
		key, _ := publish.RTMPStreamKey(stream, token)
		srt, _ := publish.SRTURL(host, stream, token, true)
		viewer, _ := publish.ViewerURL(account, stream)
		for _, address := range []string{whip, rtmp, key, srt, viewer} {
			if decoded, _ := url.QueryUnescape(address); strings.Contains(decoded, "priority=") {
				t.Errorf("%s", address)
			}
		}
	})
}
