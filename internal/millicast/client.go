package millicast

import "errors"

// Client talks to the API for one account. It is safe for concurrent use.
type Client struct {
	PublishTokens *PublishTokensClient
	Streams       *StreamsClient
	Clusters      *ClustersClient

	transport *transport
	reads     *tokenReads
	live      *liveReads
	active    *rounds[[]int64]
	all       *rounds[[]listedToken]
	creations *creations
}

// New returns a Client for the account that the API secret belongs to. It
// makes no call. An empty or malformed secret is an error, and so is a base URL
// that [ValidateBaseURL] refuses or an option out of range.
//
// Connections go through the proxy that the environment names, if any, as in
// [net/http.ProxyFromEnvironment]. Redirects are never followed: the secret
// goes to the base URL's host and nowhere else.
func New(secret string, opts ...Option) (*Client, error) {
	if err := validateSecret(secret); err != nil {
		return nil, err
	}
	options := defaults()
	for _, opt := range opts {
		opt(&options)
	}
	if err := options.validate(); err != nil {
		return nil, err
	}

	c := &Client{
		transport: newTransport(Secret(secret), options),
		reads:     newTokenReads(),
		live:      newLiveReads(),
		active:    new(rounds[[]int64]),
		all:       new(rounds[[]listedToken]),
		creations: newCreations(),
	}
	c.PublishTokens = &PublishTokensClient{c}
	c.Streams = &StreamsClient{c}
	c.Clusters = &ClustersClient{c}
	return c, nil
}

// Close closes connections that are idle. The Client stays usable.
func (c *Client) Close() { c.transport.closeIdle() }

// validateSecret finds what would make the Authorization header invalid. Its
// messages never show the secret.
func validateSecret(secret string) error {
	if secret == "" {
		return errors.New("the API secret is empty: copy it from the dashboard's settings")
	}
	for _, r := range secret {
		if r <= ' ' || r > '~' {
			return errors.New("the API secret holds a space, a line break or another character that can't be sent: copy it again without it")
		}
	}
	return nil
}
