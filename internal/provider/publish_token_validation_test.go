package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestPublishToken_refusesBadConfiguration(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("x", 2049)
	streams := func(streams ...any) values { return values{"streams": streams} }
	restream := func(restream values) values {
		for name, value := range (values{"url": "rtmp://a.example.com", "key": "a-key"}) {
			if _, ok := restream[name]; !ok {
				restream[name] = value
			}
		}
		return values{"restream": []any{restream}}
	}
	many := func(n int) []any {
		list := make([]any, 0, n)
		for range n {
			list = append(list, values{"url": "rtmp://a.example.com", "key": "a-key"})
		}
		return list
	}
	tests := map[string]struct {
		config values
		path   string
		want   string // "": accepted
	}{
		"empty label":             {values{"label": ""}, "label", "between 1 and 128"},
		"long label":              {values{"label": long[:129]}, "label", "between 1 and 128"},
		"longest label":           {values{"label": strings.Repeat("é", 128)}, "", ""},
		"no stream":               {streams(), "streams", "at least 1"},
		"null stream":             {streams(nil), "streams", "Null"},
		"empty stream name":       {streams(values{"stream_name": ""}), "streams[].stream_name", "between 1 and 128"},
		"long stream name":        {streams(values{"stream_name": long[:129]}), "streams[].stream_name", "between 1 and 128"},
		"stream twice":            {streams(values{"stream_name": "a"}, values{"stream_name": "a", "is_regex": true}), "streams", `stream_name "a" is there twice`},
		"bad regular expression":  {streams(values{"stream_name": "cam-(", "is_regex": true}), "streams[].stream_name", `"cam-\(" is no regular expression: missing closing \) in .*remove is_regex`},
		"no regular expression":   {streams(values{"stream_name": "cam-("}), "", ""},
		".NET regular expression": {streams(values{"stream_name": `(?<=a)b(?!c)`, "is_regex": true}), "", ""},
		"expired":                 {values{"expires_in": 0}, "expires_in", "at least 1"},
		"empty profile":           {values{"encoder_profile_id": ""}, "encoder_profile_id", "at least 1"},
		"empty cluster":           {values{"origin_cluster": ""}, "origin_cluster", "at least 1"},
		"record with clip":        {values{"record": true, "clip": true}, "clip", "Remove record or clip"},
		"record without clip":     {values{"record": true, "clip": false}, "", ""},
		"cascade to nothing":      {values{"geo_cascade": values{"is_enabled": true, "clusters": []any{}}}, "geo_cascade.clusters", "remove the line clusters"},
		"cascade off, to nothing": {values{"geo_cascade": values{"is_enabled": false, "clusters": []any{}}}, "geo_cascade.clusters", "remove the line clusters"},
		"cascade off":             {values{"geo_cascade": values{"is_enabled": false}}, "", ""},
		"eleven restreams":        {values{"restream": many(11)}, "restream", "at most 10"},
		"ten restreams":           {values{"restream": many(10)}, "", ""},
		"empty restream label":    {restream(values{"label": ""}), "restream[0].label", "between 1 and 2048"},
		"empty restream url":      {restream(values{"url": ""}), "restream[0].url", "between 1 and 2048"},
		"long restream url":       {restream(values{"url": "rtmp://" + long}), "restream[0].url", "between 1 and 2048"},
		"short restream key":      {restream(values{"key": "1234"}), "restream[0].key", "between 5 and 512"},
		"long restream key":       {restream(values{"key": long[:513]}), "restream[0].key", "between 5 and 512"},
		"short write-only key":    {restream(values{"key": nil, "key_wo": "1234", "key_wo_version": 1}), "restream[0].key_wo", "between 5 and 512"},
		"both kinds of key":       {restream(values{"key_wo": "12345", "key_wo_version": 1}), "restream[0].key_wo", "Remove key or key_wo"},
		"no version of key_wo":    {restream(values{"key": nil, "key_wo": "12345"}), "restream[0].key_wo_version", "Add key_wo_version"},
		"version without key_wo":  {restream(values{"key_wo_version": 1}), "restream[0].key_wo_version", "remove key_wo_version"},
		"write-only key":          {restream(values{"key": nil, "key_wo": "12345", "key_wo_version": 1}), "", ""},
		"unknown write-only key":  {restream(values{"key": nil, "key_wo": unknown{}, "key_wo_version": unknown{}}), "", ""},
		"empty origin":            {values{"allowed_origins": []any{""}}, "allowed_origins[]", "at least 1"},
		"null origin":             {values{"allowed_origins": []any{nil}}, "allowed_origins", "Null"},
		"IPv6 address":            {values{"allowed_ip_addresses": []any{"2001:db8::1"}}, "allowed_ip_addresses[]", `"2001:db8::1" is neither an IPv4 address`},
		"IPv6 block":              {values{"allowed_ip_addresses": []any{"2001:db8::/32"}}, "allowed_ip_addresses[]", "Write an address"},
		"block too large":         {values{"allowed_ip_addresses": []any{"10.0.0.0/33"}}, "allowed_ip_addresses[]", "Write an address"},
		"host name":               {values{"allowed_ip_addresses": []any{"studio.example.com"}}, "allowed_ip_addresses[]", "Write an address"},
		"negative binding":        {values{"bind_ips_on_usage": -1}, "bind_ips_on_usage", "between 0 and 4294967295"},
		"large binding":           {values{"bind_ips_on_usage": 4294967296}, "bind_ips_on_usage", "between 0 and 4294967295"},
		"addresses with binding":  {values{"allowed_ip_addresses": []any{"10.0.0.1"}, "bind_ips_on_usage": 1}, "bind_ips_on_usage", "Remove allowed_ip_addresses or bind_ips_on_usage"},
		"addresses, not bound":    {values{"allowed_ip_addresses": []any{"10.0.0.1"}, "bind_ips_on_usage": 0}, "", ""},
		"both lists of countries": {values{"allowed_countries": []any{"US"}, "denied_countries": []any{"GB"}}, "denied_countries", "Remove allowed_countries or denied_countries"},
		"one list is empty":       {values{"allowed_countries": []any{"US"}, "denied_countries": []any{}}, "", ""},
		"lower-case country":      {values{"allowed_countries": []any{"us"}}, "allowed_countries[]", `Write "US"`},
		"United Kingdom":          {values{"allowed_countries": []any{"uk"}}, "allowed_countries[]", `Write "GB"`},
		"three letters":           {values{"denied_countries": []any{"DEU"}}, "denied_countries[]", `Write "DE"`},
		"former country":          {values{"denied_countries": []any{"DD"}}, "denied_countries[]", `Write "DE"`},
		"union":                   {values{"denied_countries": []any{"EU"}}, "denied_countries[]", `No country has the code "EU"`},
		"United Nations":          {values{"denied_countries": []any{"UN"}}, "denied_countries[]", `No country has the code "UN"`},
		"continent":               {values{"denied_countries": []any{"150"}}, "denied_countries[]", `No country has the code "150"`},
		"no country":              {values{"denied_countries": []any{"ZZ"}}, "denied_countries[]", `No country has the code "ZZ"`},
		"empty country":           {values{"denied_countries": []any{""}}, "denied_countries[]", `No country has the code ""`},
		"bad timeout":             {values{"timeouts": values{"create": "soon"}}, "timeouts.create", `"soon" is not a duration`},
		"no time at all":          {values{"timeouts": values{"create": "0s"}}, "timeouts.create", `"0s" is not a duration above zero`},
		"restream url alone":      {restream(values{"url": "live.example.com"}), "restream[0].url", "no scheme or no host"},
		"unknown everywhere": {values{
			"streams": unknown{}, "record": unknown{}, "clip": true, "geo_cascade": values{"is_enabled": true, "clusters": unknown{}},
			"allowed_countries": unknown{}, "denied_countries": []any{unknown{}}, "allowed_ip_addresses": unknown{}, "bind_ips_on_usage": 1,
			"restream": unknown{}, "rotation_trigger": unknown{}, "timeouts": unknown{},
		}, "", ""},
		"unknown streams": {streams(values{"stream_name": unknown{}, "is_regex": true}, values{"stream_name": "(", "is_regex": unknown{}}), "", ""},
		"unknown cascade": {values{"geo_cascade": unknown{}}, "", ""},
	}
	srv := emulator.Start(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			diags := newProtocolClient(t, providerConfig(srv)).validate(publishTokenType, publishTokenValues(test.config))
			if test.want == "" {
				if len(diags) != 0 {
					t.Errorf("want none, got: %v", diags)
				}
				return
			}
			if len(diags) != 1 {
				t.Fatalf("want one error, got: %v", diags)
			}
			if diags[0].path != test.path {
				t.Errorf("path is %q, want %q", diags[0].path, test.path)
			}
			if text := diags.String(); !regexp.MustCompile(`(?s)` + test.want).MatchString(text) {
				t.Errorf("got:\n%s\n\nwant: %s", text, test.want)
			}
		})
	}
}

// 249 codes are assigned.
func TestPublishToken_acceptsEveryCountry(t *testing.T) {
	t.Parallel()

	var accepted int
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := string([]rune{first, second})
			if got, ok := countryCode(code); ok && got == code {
				accepted++
			}
		}
	}
	if accepted != 249 {
		t.Errorf("%d codes are accepted, want 249", accepted)
	}
	for _, code := range strings.Fields("AD AE AF BQ CW DE EH GB GG HK IM IO JE KP KR MM PS RE SH SJ SS SX TF TL TW UM US VA ZA ZW") {
		if got, ok := countryCode(code); !ok || got != code {
			t.Errorf("%s is taken for %q, %t", code, got, ok)
		}
	}
}
