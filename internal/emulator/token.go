package emulator

import (
	"crypto/rand"
	"encoding/hex"
	"regexp"
	"slices"
	"time"
)

// firstTokenID is the id of the first token. Ids are never used again.
const firstTokenID = 10001

// Token is a publish token with all that is stored of it. A [Server] hands out
// copies.
type Token struct {
	ID        int64
	Label     string // 1 to 128 characters
	Secret    string // 64 hex digits
	AddedOn   time.Time
	ExpiresOn *time.Time // nil: never
	IsActive  bool       // false keeps new broadcasts out
	Streams   []Stream   // at least one

	// Priority decides which live feed of a stream viewers get: the highest.
	// nil is unset, which ranks below every number.
	Priority *int32

	SubscribeRequiresAuth bool
	Record                bool
	Clip                  bool
	Multisource           bool
	EnableThumbnails      bool
	DisplaySRTPassphrase  bool
	LowLatencyRTMP        bool
	DRM                   bool
	EnableUTCInsertion    *bool // nil: the account's setting
	EncoderProfileID      *string
	SRTPassphrase         string // returned only with DisplaySRTPassphrase

	GeoCascade         *GeoCascade // nil: the account's setting
	Restreams          []Restream  // at most 10
	AllowedOrigins     []string
	AllowedIPAddresses []string // IPv4 addresses or CIDR blocks
	BindIPsOnUsage     int64    // 0: not bound
	OriginCluster      string   // "": the account's default
	AllowedCountries   []string // ISO 3166-1 alpha-2
	DeniedCountries    []string // ISO 3166-1 alpha-2
}

// Stream is a stream that a token may publish: a name, or a regular expression
// that whole names have to fit.
type Stream struct {
	Name    string `json:"streamName"`
	IsRegex bool   `json:"isRegex"`
}

// GeoCascade says to which clusters streams are cascaded.
type GeoCascade struct {
	IsEnabled *bool    `json:"isEnabled"` // nil: the account's setting
	Clusters  []string `json:"clusters"`  // "all" stands for every cluster; not empty when enabled
}

// Restream is an endpoint that a token's streams are forwarded to.
type Restream struct {
	Label   *string `json:"label,omitempty"`
	URL     string  `json:"url"`
	Key     string  `json:"key"`
	Enabled *bool   `json:"enabled,omitempty"` // nil: enabled
}

// TokenSeed describes a token that is created as by the dashboard.
type TokenSeed struct {
	Label         string      `json:"label"`
	Streams       []Stream    `json:"streams"`
	Priority      *int32      `json:"priority"` // nil: unset
	OriginCluster string      `json:"originCluster"`
	Secret        string      `json:"secret"`   // "": made up
	Expires       int64       `json:"expires"`  // seconds from now; 0: never
	Inactive      bool        `json:"inactive"` // keeps new broadcasts out
	GeoCascade    *GeoCascade `json:"geoCascade"`
	Restreams     []Restream  `json:"restream"`
}

// clone returns a copy that shares no memory with t.
func (t *Token) clone() Token {
	c := *t
	c.ExpiresOn = clonePointer(c.ExpiresOn)
	c.Priority = clonePointer(c.Priority)
	c.EnableUTCInsertion = clonePointer(c.EnableUTCInsertion)
	c.EncoderProfileID = clonePointer(c.EncoderProfileID)
	if c.GeoCascade = clonePointer(c.GeoCascade); c.GeoCascade != nil {
		c.GeoCascade.IsEnabled = clonePointer(c.GeoCascade.IsEnabled)
		c.GeoCascade.Clusters = slices.Clone(c.GeoCascade.Clusters)
	}
	c.Streams = slices.Clone(c.Streams)
	c.Restreams = slices.Clone(c.Restreams)
	for i := range c.Restreams {
		c.Restreams[i].Label = clonePointer(c.Restreams[i].Label)
		c.Restreams[i].Enabled = clonePointer(c.Restreams[i].Enabled)
	}
	c.AllowedOrigins = slices.Clone(c.AllowedOrigins)
	c.AllowedIPAddresses = slices.Clone(c.AllowedIPAddresses)
	c.AllowedCountries = slices.Clone(c.AllowedCountries)
	c.DeniedCountries = slices.Clone(c.DeniedCountries)
	return c
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	return new(*p)
}

// hasRegex reports whether one of the token's streams is a regular expression.
func (t *Token) hasRegex() bool {
	return slices.ContainsFunc(t.Streams, func(s Stream) bool { return s.IsRegex })
}

// mayPublish reports whether the token may publish the stream with this name.
func (t *Token) mayPublish(name string) bool {
	return slices.ContainsFunc(t.Streams, func(s Stream) bool {
		if !s.IsRegex {
			return s.Name == name
		}
		pattern, err := s.pattern()
		return err == nil && pattern.MatchString(name)
	})
}

// pattern returns the regular expression of s, which fits whole names only.
func (s Stream) pattern() (*regexp.Regexp, error) { return regexp.Compile(`^(?:` + s.Name + `)$`) }

// newSecret returns n random bytes as hex digits.
func newSecret(n int) string {
	secret := make([]byte, n)
	_, _ = rand.Read(secret) // never fails
	return hex.EncodeToString(secret)
}
