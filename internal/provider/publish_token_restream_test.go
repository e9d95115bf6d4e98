package provider

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func keyed() values { return values{"url": "rtmp://a.example.com", "key": "plain-key"} }

func writeOnly(key string, version int) values {
	return values{"url": "rtmp://b.example.com", "key_wo": key, "key_wo_version": version}
}

func restreaming(endpoints ...any) values { return publishTokenValues(values{"restream": endpoints}) }

// keysOf are the keys that the API has.
func keysOf(t *testing.T, srv *emulator.Server) string {
	t.Helper()
	var keys []string
	for _, endpoint := range srv.Tokens()[0].Restreams {
		keys = append(keys, endpoint.Key)
	}
	return strings.Join(keys, " ")
}

// mustHideKey fails the test if a secret is anywhere in what Terraform keeps.
func mustHideKey(t *testing.T, i *instance, secret string) {
	t.Helper()
	if strings.Contains(i.value.String(), secret) || strings.Contains(string(i.private), secret) {
		t.Errorf("%q is in the state: %s", secret, i.value)
	}
}

func TestPublishTokenRestream_writeOnlyKeyIsSentAndNotKept(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	config := restreaming(keyed(), writeOnly("hidden-key", 1))

	plan := c.plan(publishTokenType, nil, config)
	mustHideKey(t, plan.planned, "hidden-key")
	token := c.create(publishTokenType, config)
	if got := keysOf(t, srv); got != "plain-key hidden-key" {
		t.Errorf("keys %s", got)
	}
	token = settled(t, c, token, config)
	mustHideKey(t, token, "hidden-key")
}

func TestPublishTokenRestream_newVersionSendsTheList(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	token := c.create(publishTokenType, restreaming(keyed(), writeOnly("hidden-1", 1)))

	// The key alone is no change: Terraform does not see it.
	changed := restreaming(keyed(), writeOnly("hidden-2", 1))
	if plan := c.plan(publishTokenType, token, changed); !plan.noop {
		t.Error("a key without a new version is a change")
	}

	changed = restreaming(keyed(), writeOnly("hidden-2", 2))
	srv.ResetRequests()
	token = c.update(publishTokenType, token, changed)
	expectSent(t, srv, []string{"restream"})
	if got := keysOf(t, srv); got != "plain-key hidden-2" {
		t.Errorf("keys %s", got)
	}
	mustHideKey(t, settled(t, c, token, changed), "hidden")
}

func TestPublishTokenRestream_betweenKeyAndWriteOnlyKey(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	plain := restreaming(values{"url": "rtmp://b.example.com", "key": "the-same-key"})
	hidden := restreaming(writeOnly("the-same-key", 1))

	token := settled(t, c, c.create(publishTokenType, plain), plain)
	token = settled(t, c, c.update(publishTokenType, token, hidden), hidden)
	mustHideKey(t, token, "the-same-key")
	settled(t, c, c.update(publishTokenType, token, plain), plain)
}

// The answer to an update is lost after it was carried out: the state is the
// old one, and the API has the new key.
func TestPublishTokenRestream_lostAnswerLeaksNoKey(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	token := c.create(publishTokenType, restreaming(values{"url": "rtmp://b.example.com", "key": "plain-key"}))
	config := restreaming(writeOnly("hidden-key", 1))

	plan := c.plan(publishTokenType, token, config)
	srv.Inject(emulator.Fault{Method: "PUT", Route: updateRoute, Kind: emulator.FaultDropAfter, Times: -1})
	token, diags := c.apply(publishTokenType, plan)
	if len(diags.errors()) != 1 || keysOf(t, srv) != "hidden-key" {
		t.Fatalf("want a lost answer: %v", diags)
	}
	mustHideKey(t, token, "hidden-key")
	srv.ClearFaults()
	token, diags = c.read(publishTokenType, token)
	c.mustBeEmpty("refreshing", diags)
	mustHideKey(t, token, "hidden-key")
	settled(t, c, c.update(publishTokenType, token, config), config)
}

func TestPublishTokenRestream_driftOfAPlainKeyIsPutRight(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	config := restreaming(keyed(), writeOnly("hidden-key", 1))
	token := c.create(publishTokenType, config)

	srv.UpdateToken(srv.Tokens()[0].ID, func(token *emulator.Token) { token.Restreams[0].Key = "other-key" })
	token, diags := c.read(publishTokenType, token)
	c.mustBeEmpty("refreshing", diags)
	token = settled(t, c, c.update(publishTokenType, token, config), config)
	if got := keysOf(t, srv); got != "plain-key hidden-key" {
		t.Errorf("keys %s", got)
	}
	mustHideKey(t, token, "other-key")
}

func TestPublishTokenRestream_endpointsOfOthersArePutRight(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func([]emulator.Restream) []emulator.Restream{
		"one more": func(r []emulator.Restream) []emulator.Restream {
			return append(r, emulator.Restream{URL: "rtmp://c.example.com", Key: "other-key"})
		},
		"one less":      func(r []emulator.Restream) []emulator.Restream { return r[1:] },
		"another order": func(r []emulator.Restream) []emulator.Restream { return []emulator.Restream{r[1], r[0]} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			c := newProtocolClient(t, singleReads(srv))
			config := restreaming(keyed(), writeOnly("hidden-key", 1))
			token := c.create(publishTokenType, config)
			srv.UpdateToken(srv.Tokens()[0].ID, func(token *emulator.Token) { token.Restreams = change(token.Restreams) })

			token, diags := c.read(publishTokenType, token)
			c.mustBeEmpty("refreshing", diags)
			mustHideKey(t, token, "hidden-key")
			settled(t, c, c.update(publishTokenType, token, config), config)
			if got := keysOf(t, srv); got != "plain-key hidden-key" {
				t.Errorf("keys %s", got)
			}
		})
	}
}

// An import has the key of the API. A configuration with key_wo is one update.
func TestPublishTokenRestream_importedThenWriteOnly(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	id := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}, Restreams: []emulator.Restream{{URL: "rtmp://b.example.com", Key: "hidden-key"}}})
	token, diags := c.importByID(publishTokenType, number64(id))
	c.mustBeEmpty("importing", diags)
	if endpoint, _ := token.attribute("restream").([]any)[0].(values); endpoint["key"] != "hidden-key" {
		t.Errorf("imported %v", endpoint)
	}

	config := restreaming(writeOnly("hidden-key", 1))
	token = settled(t, c, c.update(publishTokenType, token, config), config)
	mustHideKey(t, token, "hidden-key")
}

// A configuration that was generated for an import has no keys.
func TestPublishTokenRestream_importedKeyStays(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	id := srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}, Restreams: []emulator.Restream{{URL: "rtmp://b.example.com", Key: "imported-key"}}})
	token, diags := c.importByID(publishTokenType, number64(id))
	c.mustBeEmpty("importing", diags)

	token = settled(t, c, token, restreaming(values{"url": "rtmp://b.example.com"}))
	changed := restreaming(values{"url": "rtmp://b.example.com", "enabled": false})
	settled(t, c, c.update(publishTokenType, token, changed), changed)
	if got := keysOf(t, srv); got != "imported-key" {
		t.Errorf("keys %s", got)
	}
}

func TestPublishTokenRestream_missingKey(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	diags := c.plan(publishTokenType, nil, restreaming(keyed(), values{"url": "rtmp://b.example.com"})).diagnostics
	want := `Error at restream[1].key: Missing stream key

The endpoint "rtmp://b.example.com" has neither key nor key_wo, and no key of it is known from before.

Add key, or key_wo with key_wo_version.`
	if got := diags.String(); got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
}

// To the API there is no difference, so nothing is sent.
func TestPublishTokenRestream_nullAndEmpty(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	none, empty := publishTokenValues(nil), restreaming()
	token := settled(t, c, c.create(publishTokenType, none), none)
	srv.ResetRequests()
	token = settled(t, c, c.update(publishTokenType, token, empty), empty)
	settled(t, c, c.update(publishTokenType, token, none), none)
	expectSent(t, srv, nil)
}

// A create that is finished later does not know which keys it has sent.
func TestAccPublishTokenRestream_halfCreatedGetsTheNewKey(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	srv.Inject(emulator.Fault{Method: "PUT", Kind: emulator.FaultStatus, Status: 400})
	config := func(key string) string {
		return publishTokenConfig(srv, `is_active = false
			restream = [{ url = "rtmp://b.example.com", key_wo = "`+key+`", key_wo_version = 1 }]`)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: config("hidden-1"), ExpectError: regexp.MustCompile(`the\s+next\s+apply\s+finishes\s+it`)},
			{Config: config("hidden-2"), Check: resource.ComposeTestCheckFunc(nothingLost(srv), holds(func() error {
				if got := keysOf(t, srv); got != "hidden-2" {
					return errors.New("keys " + got)
				}
				return nil
			}))},
		},
	})
}
