package millicast

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"
)

// PublishToken is a publish token as the API returns it. An encoder that holds
// its secret may publish the token's streams.
type PublishToken struct {
	ID        int64        `json:"id"`
	Label     string       `json:"label"`
	Token     Secret       `json:"token"`
	AddedOn   time.Time    `json:"addedOn"`
	ExpiresOn *time.Time   `json:"expiresOn"` // nil: never expires
	IsActive  bool         `json:"isActive"`
	Streams   []StreamName `json:"streams"`

	// Priority decides which live feed of a stream viewers get: the highest.
	// nil is unset, which ranks below every number.
	Priority *int32 `json:"priority"`

	SubscribeRequiresAuth bool    `json:"subscribeRequiresAuth"`
	Record                bool    `json:"record"`
	Clip                  bool    `json:"clip"`
	Multisource           bool    `json:"multisource"`
	EnableThumbnails      bool    `json:"enableThumbnails"`
	LowLatencyRTMP        bool    `json:"lowLatencyRtmp"`
	DisplaySRTPassphrase  bool    `json:"displaySrtPassphrase"`
	SRTPassphrase         *Secret `json:"srtPassphrase"` // nil unless DisplaySRTPassphrase
	DRM                   bool    `json:"drm"`
	EnableUTCInsertion    *bool   `json:"enableUTCInsertion"` // nil: the account's setting
	EncoderProfileID      *string `json:"encoderProfileId"`

	GeoCascade         *GeoCascade `json:"geoCascade"` // nil: the account's setting
	Restream           []Restream  `json:"restream"`
	AllowedOrigins     []string    `json:"allowedOrigins"`
	AllowedIPAddresses []string    `json:"allowedIpAddresses"`
	BindIPsOnUsage     *int64      `json:"bindIpsOnUsage"` // nil or 0: not bound
	OriginCluster      string      `json:"originCluster"`  // "": the account's default
	AllowedCountries   []string    `json:"allowedCountries"`
	DeniedCountries    []string    `json:"deniedCountries"`

	// EffectiveSettings are the token's settings, or the account's where the
	// token has none.
	EffectiveSettings *EffectiveSettings `json:"effectiveSettings"`
}

// StreamName is a stream that a token may publish: a name, or a regular
// expression that fits the names.
type StreamName struct {
	StreamName string `json:"streamName"`
	IsRegex    bool   `json:"isRegex"`
}

// GeoCascade says to which clusters a stream is cascaded. The one element
// "all" stands for every cluster.
type GeoCascade struct {
	IsEnabled *bool    `json:"isEnabled"` // nil: the account's setting
	Clusters  []string `json:"clusters"`
}

// Restream is an endpoint that a token's streams are forwarded to.
type Restream struct {
	Label   *string `json:"label,omitempty"`
	URL     string  `json:"url"`
	Key     Secret  `json:"key"`
	Enabled *bool   `json:"enabled,omitempty"` // nil: the API's default, enabled
}

// EffectiveSettings are the settings in force for a token.
type EffectiveSettings struct {
	OriginCluster      *string     `json:"originCluster"`
	AllowedCountries   []string    `json:"allowedCountries"`
	DeniedCountries    []string    `json:"deniedCountries"`
	GeoCascade         *GeoCascade `json:"geoCascade"`
	EnableUTCInsertion *bool       `json:"enableUTCInsertion"`
}

// PublishTokenCreate is the request that creates a publish token. Absent
// fields get the API's defaults, and those have changed before, so callers set
// what they care about.
type PublishTokenCreate struct {
	Label                 string            `json:"label"`
	Streams               []StreamName      `json:"streams"`
	Expires               Field[int32]      `json:"expires,omitzero"` // seconds
	Priority              Field[int32]      `json:"priority,omitzero"`
	SubscribeRequiresAuth Field[bool]       `json:"subscribeRequiresAuth,omitzero"`
	Record                Field[bool]       `json:"record,omitzero"`
	Clip                  Field[bool]       `json:"clip,omitzero"`
	Multisource           Field[bool]       `json:"multisource,omitzero"`
	EnableThumbnails      Field[bool]       `json:"enableThumbnails,omitzero"`
	DisplaySRTPassphrase  Field[bool]       `json:"displaySrtPassphrase,omitzero"`
	LowLatencyRTMP        Field[bool]       `json:"lowLatencyRtmp,omitzero"`
	DRM                   Field[bool]       `json:"drm,omitzero"`
	EnableUTCInsertion    Field[bool]       `json:"enableUTCInsertion,omitzero"`
	EncoderProfileID      Field[string]     `json:"encoderProfileId,omitzero"`
	GeoCascade            Field[GeoCascade] `json:"geoCascade,omitzero"`
	Restream              Field[[]Restream] `json:"restream,omitzero"`
	AllowedOrigins        Field[[]string]   `json:"allowedOrigins,omitzero"`
	AllowedIPAddresses    Field[[]string]   `json:"allowedIpAddresses,omitzero"`
	BindIPsOnUsage        Field[int64]      `json:"bindIpsOnUsage,omitzero"`
	OriginCluster         Field[string]     `json:"originCluster,omitzero"`
	AllowedCountries      Field[[]string]   `json:"allowedCountries,omitzero"`
	DeniedCountries       Field[[]string]   `json:"deniedCountries,omitzero"`
}

// PublishTokenUpdate is a change of a publish token. An absent field is left
// as it is. Null clears Priority, EncoderProfileID, EnableUTCInsertion and
// GeoCascade; elsewhere the API ignores null. Streams are edited by difference.
type PublishTokenUpdate struct {
	Label                 Field[string]       `json:"label,omitzero"`
	AddTokenStreams       Field[[]StreamName] `json:"addTokenStreams,omitzero"`
	RemoveTokenStreams    Field[[]string]     `json:"removeTokenStreams,omitzero"`
	IsActive              Field[bool]         `json:"isActive,omitzero"`
	Priority              Field[int32]        `json:"priority,omitzero"`
	SubscribeRequiresAuth Field[bool]         `json:"subscribeRequiresAuth,omitzero"`
	Record                Field[bool]         `json:"record,omitzero"`
	Clip                  Field[bool]         `json:"clip,omitzero"`
	Multisource           Field[bool]         `json:"multisource,omitzero"`
	EnableThumbnails      Field[bool]         `json:"enableThumbnails,omitzero"`
	DisplaySRTPassphrase  Field[bool]         `json:"displaySrtPassphrase,omitzero"`
	LowLatencyRTMP        Field[bool]         `json:"lowLatencyRtmp,omitzero"`
	DRM                   Field[bool]         `json:"drm,omitzero"`
	EnableUTCInsertion    Field[bool]         `json:"enableUTCInsertion,omitzero"`
	EncoderProfileID      Field[string]       `json:"encoderProfileId,omitzero"`
	GeoCascade            Field[GeoCascade]   `json:"geoCascade,omitzero"`
	Restream              Field[[]Restream]   `json:"restream,omitzero"`
	AllowedOrigins        Field[[]string]     `json:"allowedOrigins,omitzero"`
	AllowedIPAddresses    Field[[]string]     `json:"allowedIpAddresses,omitzero"`
	BindIPsOnUsage        Field[int64]        `json:"bindIpsOnUsage,omitzero"`
	OriginCluster         Field[string]       `json:"originCluster,omitzero"`
	AllowedCountries      Field[[]string]     `json:"allowedCountries,omitzero"`
	DeniedCountries       Field[[]string]     `json:"deniedCountries,omitzero"`

	// RefreshToken makes a new secret; the old one stops working for new broadcasts.
	RefreshToken Field[bool] `json:"refreshToken,omitzero"`
}

// IsEmpty reports whether the update changes nothing. The API answers an
// empty update with HTTP 400.
func (u PublishTokenUpdate) IsEmpty() bool { return reflect.ValueOf(u).IsZero() }

// DisableResult says which tokens were disabled and which were not.
type DisableResult struct {
	SuccessfulTokens []int64         `json:"successfulTokens"`
	FailedTokens     []DisableFailed `json:"failedTokens"`
}

// DisableFailed is a token that could not be disabled, and why.
type DisableFailed struct {
	TokenID      int64  `json:"tokenId"`
	ErrorMessage string `json:"errorMessage"`
}

// PublishTokensClient has the calls for publish tokens. Get it from
// [Client.PublishTokens].
type PublishTokensClient struct{ c *Client }

// Create makes a new token. It is sent again only if the API has certainly
// done nothing. After an answer that is lost, [IsUncertain] is true of the error
// and the token may exist.
func (p *PublishTokensClient) Create(ctx context.Context, create PublishTokenCreate) (PublishToken, error) {
	defer p.c.reads.write()()
	return do[PublishToken](ctx, p.c, createToken(create))
}

func createToken(create PublishTokenCreate) call {
	return call{method: http.MethodPost, route: "/api/publish_token", body: create}
}

// Get reads one token. A token that does not exist is an error for which
// [IsGone] is true.
func (p *PublishTokensClient) Get(ctx context.Context, id int64) (PublishToken, error) {
	if !p.c.transport.bulkRead {
		return do[PublishToken](ctx, p.c, getToken(id))
	}
	began := p.c.reads.begin()
	token, err := do[PublishToken](ctx, p.c, getToken(id))
	p.c.reads.learn(id, began, encodeKnown(token, err), err)
	return token, err
}

// Update changes what is present in update and returns the token as it is then.
// A token that does not exist is an error for which [IsGone] is true.
func (p *PublishTokensClient) Update(ctx context.Context, id int64, update PublishTokenUpdate) (PublishToken, error) {
	defer p.c.reads.write(id)()
	return do[PublishToken](ctx, p.c, call{method: http.MethodPut, route: "/api/v2/publish_token/{tokenId}", params: params{"tokenId": id}, body: update})
}

// Delete deletes a token, and ends its live broadcasts at once. A token that
// does not exist is an error for which [IsGone] is true; so may be one whose first
// deletion was carried out and its answer lost.
func (p *PublishTokensClient) Delete(ctx context.Context, id int64) error {
	defer p.c.reads.write(id)()
	defer p.c.Streams.Changing()()
	_, err := do[deleted](ctx, p.c, call{method: http.MethodDelete, route: "/api/publish_token/{tokenId}", params: params{"tokenId": id}, optional: true})
	return err
}

// List yields every token of the account, a page of 100 at a time.
func (p *PublishTokensClient) List(ctx context.Context) iter.Seq2[PublishToken, error] {
	return pages[PublishToken](ctx, p.c, tokenListRoute, inOrderOfCreation(nil))
}

// ListByStreamName yields the tokens whose streams match name. Whether the API
// matches whole names or parts is not documented, so callers compare again. It
// leaves out every token that has a regular expression among its streams.
func (p *PublishTokensClient) ListByStreamName(ctx context.Context, name string) iter.Seq2[PublishToken, error] {
	return pages[PublishToken](ctx, p.c, "/api/publish_token/list_by_name", inOrderOfCreation(url.Values{"name": {name}, "filterBy": {"StreamName"}}))
}

// ListByLabel yields the tokens whose label matches, with the same caveats as
// [PublishTokensClient.ListByStreamName].
func (p *PublishTokensClient) ListByLabel(ctx context.Context, label string) iter.Seq2[PublishToken, error] {
	return pages[PublishToken](ctx, p.c, "/api/publish_token/list_by_name", inOrderOfCreation(url.Values{"name": {label}, "filterBy": {"TokenName"}}))
}

// ListByCluster yields the tokens that publish to a cluster, such as "phx-1".
func (p *PublishTokensClient) ListByCluster(ctx context.Context, cluster string) iter.Seq2[PublishToken, error] {
	return pages[PublishToken](ctx, p.c, "/api/publish_token/list_by_cluster", inOrderOfCreation(url.Values{"cluster": {cluster}}))
}

// ActiveIDs returns the ids of all tokens of the account that have a live feed.
// It works on every account, also without the feature LiveMonitoring.
func (p *PublishTokensClient) ActiveIDs(ctx context.Context) ([]int64, error) {
	ids, err := do[activeIDs](ctx, p.c, activeTokens)
	return ids.TokenIDs, err
}

// activeTokens asks for the ids of all tokens that have a live feed.
var activeTokens = call{method: http.MethodGet, route: "/api/publish_token/active/all"}

// ActiveIDsOfStream returns the ids of the tokens that have a live feed of one
// stream, given as ACCOUNT/NAME.
func (p *PublishTokensClient) ActiveIDsOfStream(ctx context.Context, streamID string) ([]int64, error) {
	ids, err := do[activeIDs](ctx, p.c, call{method: http.MethodGet, route: "/api/publish_token/active", query: url.Values{"streamId": {streamID}}})
	return ids.TokenIDs, err
}

// Disable keeps new broadcasts of the tokens out and leaves running ones alone.
func (p *PublishTokensClient) Disable(ctx context.Context, ids ...int64) (DisableResult, error) {
	defer p.c.reads.write(ids...)()
	return do[DisableResult](ctx, p.c, call{method: http.MethodPatch, route: "/api/publish_token/disable", body: activeIDs{TokenIDs: ids}})
}

// SyncRestream brings a changed restream list to the token's running broadcasts.
func (p *PublishTokensClient) SyncRestream(ctx context.Context, id int64) error {
	_, err := do[bool](ctx, p.c, call{method: http.MethodPost, route: "/api/publish_token/{tokenId}/restream/sync", params: params{"tokenId": id}, optional: true})
	return err
}

// deleted is the answer to a deletion: true.
type deleted bool

func (d deleted) check(params) error {
	if !d {
		return errors.New("data is false instead of true")
	}
	return nil
}

type activeIDs struct {
	TokenIDs []int64 `json:"tokenIds"`
}

// tokenListRoute lists every token of the account.
const tokenListRoute = "/api/publish_token/list"

// inOrderOfCreation adds the order of a list to its query. New tokens then come
// last, and a new label moves none, so that pages hold still while they are read.
func inOrderOfCreation(query url.Values) url.Values {
	order := url.Values{"sortBy": {"AddedOn"}, "isDescending": {"false"}}
	maps.Copy(order, query)
	return order
}

func (t PublishToken) key() string { return strconv.FormatInt(t.ID, 10) }

// check makes sure that the token has an id, and the one that was asked for.
func (t PublishToken) check(asked params) error {
	id, ok := asked["tokenId"]
	switch {
	case t.ID == 0:
		return errors.New("the token has no id")
	case ok && id != t.ID:
		return fmt.Errorf("it is token %d", t.ID)
	}
	return nil
}

func (c PublishTokenCreate) secrets() []Secret { return restreamKeys(c.Restream) }

func (u PublishTokenUpdate) secrets() []Secret { return restreamKeys(u.Restream) }

func restreamKeys(restream Field[[]Restream]) []Secret {
	keys := make([]Secret, 0, len(restream.value))
	for _, endpoint := range restream.value {
		keys = append(keys, endpoint.Key)
	}
	return keys
}
