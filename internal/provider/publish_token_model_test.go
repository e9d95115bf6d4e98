package provider

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

func TestRefreshGeoCascade(t *testing.T) {
	t.Parallel()

	geo := func(enabled *bool, clusters ...string) *millicast.GeoCascade {
		return &millicast.GeoCascade{IsEnabled: enabled, Clusters: clusters}
	}
	tests := map[string]struct{ prior, api, want *millicast.GeoCascade }{
		"unset":                               {geo(new(true), "phx-1"), nil, nil},
		"no prior":                            {nil, geo(new(true), "phx-1"), geo(new(true), "phx-1")},
		"no clusters are all":                 {nil, geo(new(true)), geo(new(true), "all")},
		"clusters of the API count":           {geo(new(true), "phx-1"), geo(new(true), "lon-1"), geo(new(true), "lon-1")},
		"account's setting":                   {geo(nil, "phx-1"), geo(nil, "lon-1"), geo(nil, "lon-1")},
		"off, without clusters":               {geo(new(false), "phx-1"), geo(new(false)), geo(new(false), "phx-1")},
		"off, with others":                    {geo(new(false), "phx-1"), geo(new(false), "lon-1"), geo(new(false), "phx-1")},
		"off, without prior, without cluster": {nil, geo(new(false)), geo(new(false), "all")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			prior, _ := geoCascadeObject(t.Context(), test.prior)
			want, _ := geoCascadeObject(t.Context(), test.want)
			got, diags := refreshGeoCascade(t.Context(), prior, test.api)
			if diags.HasError() || !got.Equal(want) {
				t.Errorf("got %s %v, want %s", got, diags, want)
			}
		})
	}
}

func TestPublishTokenModel_deriveExpiry(t *testing.T) {
	t.Parallel()

	added := time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.UTC)
	tests := map[string]struct {
		prior   types.Int32
		expires *time.Time
		want    types.Int32
	}{
		"never":         {types.Int32Null(), nil, types.Int32Null()},
		"rounded":       {types.Int32Null(), new(added.Add(3599600 * time.Millisecond)), types.Int32Value(3600)},
		"known already": {types.Int32Value(60), new(added.Add(time.Hour)), types.Int32Value(60)},
		"in the past":   {types.Int32Null(), new(added.Add(-time.Hour)), types.Int32Null()},
		"too far":       {types.Int32Null(), new(added.Add(math.MaxInt32 * time.Second).Add(time.Hour)), types.Int32Null()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			m := publishTokenModel{ExpiresIn: test.prior}
			m.deriveExpiry(millicast.PublishToken{AddedOn: added, ExpiresOn: test.expires})
			if !m.ExpiresIn.Equal(test.want) {
				t.Errorf("got %s, want %s", m.ExpiresIn, test.want)
			}
		})
	}
}

// TestPublishTokenSettings_refresh holds what the API has several ways to say.
func TestPublishTokenSettings_refresh(t *testing.T) {
	t.Parallel()

	var m publishTokenSettings
	token := millicast.PublishToken{
		AllowedOrigins:   []string{"b", "a", "b"},
		EncoderProfileID: new(""),
		BindIPsOnUsage:   new(int64(0)),
		AddedOn:          time.Date(2026, 1, 2, 4, 4, 5, 600_000_000, time.FixedZone("", 3600)),
	}
	if diags := m.refresh(t.Context(), token); diags.HasError() {
		t.Fatal(diags)
	}
	for what, got := range map[string]struct{ got, want interface{ String() string } }{
		"set":          {m.AllowedOrigins, stringSet([]string{"a", "b"})},
		"absent set":   {m.AllowedCountries, stringSet(nil)},
		"empty text":   {m.EncoderProfileID, types.StringNull()},
		"zero binding": {m.BindIPsOnUsage, types.Int64Null()},
		"time":         {m.AddedOn, types.StringValue("2026-01-02T03:04:05Z")},
		"no time":      {m.ExpiresOn, types.StringNull()},
		"no settings":  {m.EffectiveSettings, types.ObjectNull(publishTokenEffectiveSettingsType.AttrTypes)},
	} {
		if got.got.String() != got.want.String() {
			t.Errorf("%s: got %s, want %s", what, got.got, got.want)
		}
	}

	m.BindIPsOnUsage = types.Int64Value(0)
	token.BindIPsOnUsage = nil
	m.refresh(t.Context(), token)
	if m.BindIPsOnUsage.IsNull() {
		t.Error("a configured 0 became null, which is a change that never settles")
	}
}

func TestPatternFits(t *testing.T) {
	t.Parallel()

	tests := []struct {
		pattern, name string
		fits, fails   bool
	}{
		{pattern: `cam-\d+`, name: "cam-12", fits: true},
		{pattern: `cam-\d+`, name: "my-cam-12"},
		{pattern: `cam-\d+`, name: "cam-12\n"},
		{pattern: `a|b`, name: "ab"},
		{pattern: `a|b`, name: "b", fits: true},
		{pattern: `(?i)CAM`, name: "cam", fits: true},
		{pattern: `(?<!x)cam`, name: "cam", fits: true},
		{pattern: `a)(?:b`, name: "ab", fails: true},
		{pattern: `cam-(`, name: "cam-1", fails: true},
		{pattern: `(a+)+b`, name: strings.Repeat("a", 64), fails: true},
	}
	for _, test := range tests {
		t.Run(test.pattern+" "+test.name, func(t *testing.T) {
			t.Parallel()

			fits, err := patternFits(test.pattern, test.name)
			if fits != test.fits || (err != nil) != test.fails {
				t.Errorf("got %t, %v", fits, err)
			}
		})
	}
}
