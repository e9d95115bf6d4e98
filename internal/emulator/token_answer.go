package emulator

import (
	"cmp"
)

const (
	exactTime = "2006-01-02T15:04:05.000000Z" // in the answer to a create
	wholeTime = "2006-01-02T15:04:05Z"        // in all later ones
)

// tokenAnswer is a token as the API returns it.
type tokenAnswer struct {
	Name                  field[string]           `json:"name,omitzero"` // in older routes; the same as the label
	ID                    int64                   `json:"id"`
	Label                 string                  `json:"label"`
	Token                 string                  `json:"token"` // the secret
	AddedOn               string                  `json:"addedOn"`
	ExpiresOn             field[string]           `json:"expiresOn,omitzero"`
	IsActive              bool                    `json:"isActive"`
	Streams               []Stream                `json:"streams"`
	Priority              field[int32]            `json:"priority,omitzero"`
	SubscribeRequiresAuth bool                    `json:"subscribeRequiresAuth"`
	Record                bool                    `json:"record"`
	Clip                  bool                    `json:"clip"`
	Multisource           bool                    `json:"multisource"`
	EnableThumbnails      bool                    `json:"enableThumbnails"`
	LowLatencyRTMP        bool                    `json:"lowLatencyRtmp"`
	IntegrationID         string                  `json:"integrationId"`
	DisplaySRTPassphrase  bool                    `json:"displaySrtPassphrase"`
	SRTPassphrase         field[string]           `json:"srtPassphrase,omitzero"`
	DRM                   bool                    `json:"drm"`
	EnableUTCInsertion    field[bool]             `json:"enableUTCInsertion,omitzero"`
	EncoderProfileID      field[string]           `json:"encoderProfileId,omitzero"`
	GeoCascade            field[geoCascadeAnswer] `json:"geoCascade,omitzero"`
	Restreams             field[[]restreamAnswer] `json:"restream,omitzero"`
	AllowedOrigins        field[[]string]         `json:"allowedOrigins,omitzero"`
	AllowedIPAddresses    field[[]string]         `json:"allowedIpAddresses,omitzero"`
	BindIPsOnUsage        field[int64]            `json:"bindIpsOnUsage,omitzero"`
	OriginCluster         field[string]           `json:"originCluster,omitzero"`
	AllowedCountries      field[[]string]         `json:"allowedCountries,omitzero"`
	DeniedCountries       field[[]string]         `json:"deniedCountries,omitzero"`
	EffectiveSettings     effectiveSettingsAnswer `json:"effectiveSettings"`
}

// geoCascadeAnswer is a geo cascade as the API returns it.
type geoCascadeAnswer struct {
	IsEnabled field[bool] `json:"isEnabled,omitzero"`
	Clusters  []string    `json:"clusters"`
}

// restreamAnswer is a restream as the API returns it.
type restreamAnswer struct {
	Label   field[string] `json:"label,omitzero"`
	URL     string        `json:"url"`
	Key     string        `json:"key"`
	Enabled field[bool]   `json:"enabled,omitzero"`
}

// effectiveSettingsAnswer are the settings in force: the token's, else the
// account's.
type effectiveSettingsAnswer struct {
	OriginCluster      string           `json:"originCluster"`
	AllowedCountries   field[[]string]  `json:"allowedCountries,omitzero"`
	DeniedCountries    field[[]string]  `json:"deniedCountries,omitzero"`
	GeoCascade         geoCascadeAnswer `json:"geoCascade"`
	EnableUTCInsertion bool             `json:"enableUTCInsertion"`
}

// tokenForm says which answer a token is for.
type tokenForm struct {
	times string // layout
	named bool   // has the label as its name too
}

// tokenAnswer writes a token for an answer.
func (w *world) tokenAnswer(t *Token, form tokenForm) tokenAnswer {
	s := w.shape
	a := tokenAnswer{
		ID:                    t.ID,
		Label:                 t.Label,
		Token:                 t.Secret,
		AddedOn:               t.AddedOn.UTC().Format(form.times),
		IsActive:              t.IsActive,
		Streams:               shuffle(s, t.Streams),
		Priority:              optional(s, t.Priority),
		SubscribeRequiresAuth: t.SubscribeRequiresAuth,
		Record:                t.Record,
		Clip:                  t.Clip,
		Multisource:           t.Multisource,
		EnableThumbnails:      t.EnableThumbnails,
		LowLatencyRTMP:        t.LowLatencyRTMP,
		IntegrationID:         "None",
		DisplaySRTPassphrase:  t.DisplaySRTPassphrase,
		SRTPassphrase:         optional[string](s, nil),
		DRM:                   t.DRM,
		EnableUTCInsertion:    optional(s, t.EnableUTCInsertion),
		EncoderProfileID:      optional(s, t.EncoderProfileID),
		GeoCascade:            optional[geoCascadeAnswer](s, nil),
		ExpiresOn:             optional[string](s, nil),
		Restreams:             restreamAnswers(s, t.Restreams),
		AllowedOrigins:        set(s, t.AllowedOrigins),
		AllowedIPAddresses:    set(s, t.AllowedIPAddresses),
		BindIPsOnUsage:        nonzero(s, t.BindIPsOnUsage),
		OriginCluster:         nonzero(s, t.OriginCluster),
		AllowedCountries:      set(s, t.AllowedCountries),
		DeniedCountries:       set(s, t.DeniedCountries),
		EffectiveSettings:     w.effectiveSettings(t),
	}
	if form.named {
		a.Name = optional(s, &t.Label)
	}
	if t.ExpiresOn != nil {
		a.ExpiresOn = optional(s, new(t.ExpiresOn.UTC().Format(form.times)))
	}
	if t.DisplaySRTPassphrase {
		a.SRTPassphrase = optional(s, &t.SRTPassphrase)
	}
	if g := t.GeoCascade; g != nil {
		a.GeoCascade = optional(s, &geoCascadeAnswer{optional(s, g.IsEnabled), shuffle(s, g.Clusters)})
	}
	return a
}

// restreamAnswers writes a restream list, whose order counts.
func restreamAnswers(s shape, restreams []Restream) field[[]restreamAnswer] {
	if len(restreams) == 0 {
		return optional[[]restreamAnswer](s, nil)
	}
	answers := make([]restreamAnswer, 0, len(restreams))
	for _, r := range restreams {
		answers = append(answers, restreamAnswer{optional(s, r.Label), r.URL, r.Key, optional(s, r.Enabled)})
	}
	return optional(s, &answers)
}

// effectiveSettings returns what is in force for a token. The account denies no
// country, cascades to all clusters and inserts no UTC timestamps.
func (w *world) effectiveSettings(t *Token) effectiveSettingsAnswer {
	s := w.shape
	enabled, clusters := true, []string{"all"}
	if g := t.GeoCascade; g != nil {
		clusters = g.Clusters
		if g.IsEnabled != nil {
			enabled = *g.IsEnabled
		}
	}
	if len(clusters) == 1 && clusters[0] == "all" {
		clusters = clusterIDs()
	}
	return effectiveSettingsAnswer{
		OriginCluster:      w.effectiveCluster(t),
		AllowedCountries:   set(s, t.AllowedCountries),
		DeniedCountries:    set(s, t.DeniedCountries),
		GeoCascade:         geoCascadeAnswer{optional(s, &enabled), shuffle(s, clusters)},
		EnableUTCInsertion: t.EnableUTCInsertion != nil && *t.EnableUTCInsertion,
	}
}

// effectiveCluster returns the cluster that a token's streams go to.
func (w *world) effectiveCluster(t *Token) string { return cmp.Or(t.OriginCluster, w.defaultCluster) }
