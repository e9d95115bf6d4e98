package emulator

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// property is a property of a request: absent, null or a value.
type property[T any] struct {
	present bool
	value   *T // nil: null, if present
}

// UnmarshalJSON is called for null too.
func (p *property[T]) UnmarshalJSON(data []byte) error {
	p.present = true
	return json.Unmarshal(data, &p.value)
}

// given reports whether there is a value.
func (p *property[T]) given() bool { return p.value != nil }

// apply overwrites a setting if there is a value.
func (p *property[T]) apply(setting *T) {
	if p.value != nil {
		*setting = *p.value
	}
}

// replace overwrites a setting that null clears.
func (p *property[T]) replace(setting **T) {
	if p.present {
		*setting = p.value
	}
}

// tokenSettings are the properties that a create and an update have in common.
type tokenSettings struct {
	SubscribeRequiresAuth property[bool]       `json:"subscribeRequiresAuth"`
	Record                property[bool]       `json:"record"`
	Clip                  property[bool]       `json:"clip"`
	Multisource           property[bool]       `json:"multisource"`
	EnableThumbnails      property[bool]       `json:"enableThumbnails"`
	DisplaySRTPassphrase  property[bool]       `json:"displaySrtPassphrase"`
	LowLatencyRTMP        property[bool]       `json:"lowLatencyRtmp"`
	DRM                   property[bool]       `json:"drm"`
	Priority              property[int32]      `json:"priority"`
	EnableUTCInsertion    property[bool]       `json:"enableUTCInsertion"`
	EncoderProfileID      property[string]     `json:"encoderProfileId"`
	GeoCascade            property[GeoCascade] `json:"geoCascade"`
	Restreams             property[[]Restream] `json:"restream"`
	AllowedOrigins        property[[]string]   `json:"allowedOrigins"`
	AllowedIPAddresses    property[[]string]   `json:"allowedIpAddresses"`
	BindIPsOnUsage        property[int64]      `json:"bindIpsOnUsage"`
	OriginCluster         property[string]     `json:"originCluster"`
	AllowedCountries      property[[]string]   `json:"allowedCountries"`
	DeniedCountries       property[[]string]   `json:"deniedCountries"`
}

// apply changes a token. null clears priority, encoderProfileId,
// enableUTCInsertion and geoCascade; elsewhere it changes nothing.
func (s tokenSettings) apply(t *Token) {
	s.SubscribeRequiresAuth.apply(&t.SubscribeRequiresAuth)
	s.Record.apply(&t.Record)
	s.Clip.apply(&t.Clip)
	s.Multisource.apply(&t.Multisource)
	s.EnableThumbnails.apply(&t.EnableThumbnails)
	s.DisplaySRTPassphrase.apply(&t.DisplaySRTPassphrase)
	s.LowLatencyRTMP.apply(&t.LowLatencyRTMP)
	s.DRM.apply(&t.DRM)
	s.Priority.replace(&t.Priority)
	s.EnableUTCInsertion.replace(&t.EnableUTCInsertion)
	s.EncoderProfileID.replace(&t.EncoderProfileID)
	s.GeoCascade.replace(&t.GeoCascade)
	if s.GeoCascade.given() && t.GeoCascade.Clusters == nil {
		t.GeoCascade.Clusters = []string{"all"}
	}
	s.Restreams.apply(&t.Restreams)
	s.AllowedOrigins.apply(&t.AllowedOrigins)
	s.AllowedIPAddresses.apply(&t.AllowedIPAddresses)
	s.BindIPsOnUsage.apply(&t.BindIPsOnUsage)
	s.OriginCluster.apply(&t.OriginCluster)
	s.AllowedCountries.apply(&t.AllowedCountries)
	s.DeniedCountries.apply(&t.DeniedCountries)
}

// tokenCreate is the request that creates a token.
type tokenCreate struct {
	tokenSettings
	Label   string          `json:"label"`
	Streams []Stream        `json:"streams"`
	Expires property[int64] `json:"expires"` // seconds
}

// tokenUpdate is the request that changes a token.
type tokenUpdate struct {
	tokenSettings
	Label         property[string]   `json:"label"`
	IsActive      property[bool]     `json:"isActive"`
	RefreshToken  property[bool]     `json:"refreshToken"`
	AddStreams    property[[]Stream] `json:"addTokenStreams"`
	RemoveStreams property[[]string] `json:"removeTokenStreams"`
}

// olderNames are what the older update calls some properties.
var olderNames = map[string]string{
	"updateGeoCascade":         "geoCascade",
	"updateRestream":           "restream",
	"updateAllowedOrigins":     "allowedOrigins",
	"updateAllowedIpAddresses": "allowedIpAddresses",
	"updateBindIpsOnUsage":     "bindIpsOnUsage",
	"updateOriginCluster":      "originCluster",
	"updateAllowedCountries":   "allowedCountries",
	"updateDeniedCountries":    "deniedCountries",
}

// clearable are the properties that null clears. In others it is the same as
// absent.
var clearable = []string{"priority", "encoderProfileId", "enableUTCInsertion", "geoCascade"}

// saysNothing reports whether an update, by its keys, changes nothing.
func saysNothing(update map[string]json.RawMessage) bool {
	for key, value := range update {
		if string(value) != "null" || slices.Contains(clearable, key) {
			return false
		}
	}
	return true
}

// apply changes a token.
func (u tokenUpdate) apply(t *Token) {
	u.tokenSettings.apply(t)
	u.Label.apply(&t.Label)
	u.IsActive.apply(&t.IsActive)
	if u.RefreshToken.given() && *u.RefreshToken.value {
		t.Secret = newSecret(32)
	}
	if u.RemoveStreams.given() {
		t.Streams = slices.DeleteFunc(t.Streams, func(s Stream) bool { return slices.Contains(*u.RemoveStreams.value, s.Name) })
	}
	if u.AddStreams.given() {
		for _, s := range *u.AddStreams.value {
			t.addStream(s)
		}
	}
}

// addStream adds a stream, or changes the one with its name.
func (t *Token) addStream(s Stream) {
	i := slices.IndexFunc(t.Streams, func(other Stream) bool { return other.Name == s.Name })
	if i >= 0 {
		t.Streams[i].IsRegex = s.IsRegex
		return
	}
	t.Streams = append(t.Streams, s)
}

// objections returns what the API would not accept of a token, by property,
// beyond what the description says of single properties.
func (t *Token) objections() map[string]string {
	objections := make(map[string]string)
	if len(t.Streams) == 0 {
		objections["streams"] = "A token needs at least one stream."
	}
	for _, s := range t.Streams {
		if _, err := s.pattern(); s.IsRegex && err != nil {
			objections["streams"] = err.Error()
		}
	}
	if t.Record && t.Clip {
		objections["clip"] = "A token cannot both record and clip."
	}
	if len(t.AllowedCountries) > 0 && len(t.DeniedCountries) > 0 {
		objections["deniedCountries"] = "A token cannot both allow and deny countries."
	}
	if len(t.AllowedIPAddresses) > 0 && t.BindIPsOnUsage > 0 {
		objections["bindIpsOnUsage"] = "A token cannot both list IP addresses and bind them on usage."
	}
	for _, address := range t.AllowedIPAddresses {
		if !isIPv4(address) {
			objections["allowedIpAddresses"] = fmt.Sprintf("%q is neither an IPv4 address nor a CIDR block.", address)
		}
	}
	if g := t.GeoCascade; g != nil && g.IsEnabled != nil && *g.IsEnabled && len(g.Clusters) == 0 {
		objections["geoCascade"] = "An enabled geo cascade needs clusters."
	}
	return objections
}

// isIPv4 reports whether s is an IPv4 address or a block of them.
func isIPv4(s string) bool {
	if strings.Contains(s, "/") {
		block, err := netip.ParsePrefix(s)
		return err == nil && block.Addr().Is4()
	}
	address, err := netip.ParseAddr(s)
	return err == nil && address.Is4()
}
