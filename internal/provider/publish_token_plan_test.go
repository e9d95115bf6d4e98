package provider

import (
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const activeRoute = "/api/publish_token/active/all"

// liveToken makes a token with these attributes and starts an encoder for the
// stream main. The ids of the emulator begin with 10001.
func liveToken(t *testing.T, srv *emulator.Server, c *protocolClient, more values) *instance {
	t.Helper()
	token := c.create(publishTokenType, publishTokenValues(more))
	srv.StartEncoder(emulator.Encoder{TokenLabel: "studio", Stream: "main"})
	if len(srv.Feeds("main")) != 1 {
		t.Fatal("the encoder is not live")
	}
	return token
}

// TestPublishToken_planTellsWhatItMeans compares whole texts: they are the
// review page.
func TestPublishToken_planTellsWhatItMeans(t *testing.T) {
	t.Parallel()

	twoStreams := []any{values{"stream_name": "main"}, values{"stream_name": "backup"}}
	withRegex := []any{values{"stream_name": "main"}, values{"stream_name": "cam-.+", "is_regex": true}}
	tests := map[string]struct {
		has    values
		change values // nil: destroy
		idle   bool   // no encoder
		more   string // another stream that it has an encoder for
		fault  bool   // what is live can't be read
		want   string
	}{
		"priority": {
			has:    values{"priority": 10},
			change: values{"priority": 20},
			want: `Warning at priority: Priority takes effect when the feed restarts

Publish token 10001 ("studio") has a live feed. Its new priority 20 is stored, and nothing changes on air until the encoder restarts the feed.

To switch viewers with this apply, remove the line priority here and set it in a millicast_stream_priority resource.`,
		},
		"priority of an idle token": {
			has:    values{"priority": 10},
			change: values{"priority": 20},
			idle:   true,
		},
		"priority left out": {
			has:    values{"priority": 10},
			change: values{},
		},
		"rotation": {
			change: values{"rotation_trigger": "one"},
			want: `Warning at rotation_trigger: Secret of a live token is rotated

Publish token 10001 ("studio") has a live feed, which goes on. From then on its old secret is refused: an encoder that has to reconnect, be it because the feed is reprioritized or because of a fault, stays off the air until it has the new one.

Give the encoder the new secret right after this apply, before the stream is reprioritized or restarted.`,
		},
		"deactivation": {
			change: values{"is_active": false},
			want: `Warning at is_active: Running broadcast goes on

Publish token 10001 ("studio") has a live feed. Setting is_active to false keeps new broadcasts out and leaves this one running.

Stop the encoder to end it. If the feed is lost, it can't come back.`,
		},
		"what has no effect on air": {
			change: values{"label": "renamed", "record": true},
		},
		"what can't be verified": {
			change: values{"is_active": false},
			fault:  true,
			want: `Warning: Unable to check for live feeds

Whether publish token 10001 ("studio") has a live feed could not be verified. If it has one, this applies:

Publish token 10001 ("studio") has a live feed. Setting is_active to false keeps new broadcasts out and leaves this one running.

Stop the encoder to end it. If the feed is lost, it can't come back.

API said: injected fault (GET /api/publish_token/active/all, HTTP 400)`,
		},
		"destroy": {
			want: `Error: Unable to delete publish token

Publish token 10001 ("studio") has a live feed on the stream "main". Deleting it ends the broadcast at once.

Stop the encoder, then run this again. Or accept that the broadcast ends, with the line below, applied before the destroy:

  force_destroy = true`,
		},
		"destroy of one with several live streams": {
			has:  values{"streams": twoStreams},
			more: "backup",
			want: `Error: Unable to delete publish token

Publish token 10001 ("studio") has live feeds on the streams "backup", "main". Deleting it ends the broadcast at once.

Stop the encoder, then run this again. Or accept that the broadcast ends, with the line below, applied before the destroy:

  force_destroy = true`,
		},
		"destroy of one with several streams": {
			has: values{"streams": twoStreams},
			want: `Error: Unable to delete publish token

Publish token 10001 ("studio") has a live feed on the stream "main". Deleting it ends the broadcast at once.

Stop the encoder, then run this again. Or accept that the broadcast ends, with the line below, applied before the destroy:

  force_destroy = true`,
		},
		"destroy of one with a regular expression": {
			has: values{"streams": withRegex},
			want: `Error: Unable to delete publish token

Publish token 10001 ("studio") has a live feed on a stream that it may publish: "cam-.+", "main". Deleting it ends the broadcast at once.

Stop the encoder, then run this again. Or accept that the broadcast ends, with the line below, applied before the destroy:

  force_destroy = true`,
		},
		"destroy of an idle token": {idle: true},
		"destroy with force_destroy": {
			has: values{"force_destroy": true},
			want: `Warning: Broadcast will be cut

Publish token 10001 ("studio") has a live feed on the stream "main". Deleting it ends the broadcast at once, as force_destroy allows.

Stop the encoder first if viewers should not see it break off.`,
		},
		"destroy that can't be verified": {
			fault: true,
			want: `Warning: Unable to check for live feeds

Whether publish token 10001 ("studio") has a live feed could not be verified. The apply checks again before it deletes the token, and stops if it has one.

Run terraform plan again to know it before.

API said: injected fault (GET /api/publish_token/active/all, HTTP 400)`,
		},
		"destroy with force_destroy that can't be verified": {
			has:   values{"force_destroy": true},
			fault: true,
			want: `Warning: Unable to check for live feeds

Whether publish token 10001 ("studio") has a live feed could not be verified. If it has one, deleting it ends the broadcast at once.

Look for it in the dashboard before you apply.

API said: injected fault (GET /api/publish_token/active/all, HTTP 400)`,
		},
		"replacement": {
			change: values{"expires_in": 60, "force_destroy": true},
			want: `Error: Unable to replace publish token

Publish token 10001 ("studio") has a live feed on the stream "main". A change of expires_in replaces the token, and deleting the old one ends the broadcast at once.

Stop the encoder, or take the change back, then run this again. Or accept that the broadcast ends, with the line below, applied before the change:

  force_destroy = true`,
		},
		"replacement with force_destroy": {
			has:    values{"force_destroy": true},
			change: values{"expires_in": 60, "force_destroy": true},
			want: `Warning: Broadcast will be cut

Publish token 10001 ("studio") has a live feed on the stream "main". Deleting it ends the broadcast at once, as force_destroy allows.

Stop the encoder first if viewers should not see it break off.`,
		},
		"stream turns into a regular expression beside one that is not known": {
			change: values{"streams": []any{values{"stream_name": "main", "is_regex": true}, values{"stream_name": unknown{}}}},
		},
		"only stream turns into a regular expression": {
			change: values{"streams": []any{values{"stream_name": "main", "is_regex": true}}},
			want: `Error at streams: Unable to change streams

The stream "main" of publish token 10001 ("studio") can't turn from a name into a regular expression, or back, while no other stream of the token stays: it is removed before it is added again, and a token is never without a stream.

Add another stream and apply, then make this change, and remove the other stream after that.`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			srv := emulator.Start(t)
			c := newProtocolClient(t, providerConfig(srv))
			token := liveToken(t, srv, c, test.has)
			if test.idle {
				srv.StopEncoder(1)
			}
			if test.more != "" {
				srv.StartEncoder(emulator.Encoder{TokenLabel: "studio", Stream: test.more})
			}
			if test.fault {
				srv.Inject(emulator.Fault{Route: activeRoute, Kind: emulator.FaultStatus, Status: 400, Times: -1})
			}
			var config values
			if test.change != nil {
				config = publishTokenValues(test.change)
			}
			if got := c.plan(publishTokenType, token, config).diagnostics.String(); got != test.want {
				t.Errorf("got:\n%s\n\nwant:\n%s", got, test.want)
			}
		})
	}
}

// TestPublishToken_planOfImportKeepsExpiry is about an expiring token that is
// imported: the API does not say what was asked for, only when it expires.
func TestPublishToken_planOfImportKeepsExpiry(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	token := c.create(publishTokenType, publishTokenValues(values{"expires_in": 3600}))
	imported, diags := c.importByID(publishTokenType, idText(token))
	c.mustBeEmpty("importing", diags)
	for expiresIn, replaces := range map[any]bool{3600: false, 3605: false, 3595: false, 3606: true, 3594: true, nil: true} {
		change := c.plan(publishTokenType, imported, publishTokenValues(values{"expires_in": expiresIn}))
		if got := len(change.replace) != 0; got != replaces {
			t.Errorf("%v: replaces is %t, want %t", expiresIn, got, replaces)
		}
	}
	// Only an import is given the benefit of the doubt.
	if change := c.plan(publishTokenType, token, publishTokenValues(values{"expires_in": 3601})); len(change.replace) == 0 {
		t.Error("another expiry must replace a token that was not imported")
	}
}

func TestPublishToken_planOfImportSkipsRotation(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	token := liveToken(t, srv, c, nil)
	imported, diags := c.importByID(publishTokenType, idText(token))
	c.mustBeEmpty("importing", diags)

	config := publishTokenValues(values{"rotation_trigger": "one"})
	change := c.plan(publishTokenType, imported, config)
	want := `Warning at rotation_trigger: Secret is not rotated

Publish token 10001 ("studio") was just imported, so this first rotation_trigger is stored, and the secret stays as it is.

To make a new secret, change the value once more after this apply.`
	if got := change.diagnostics.String(); got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	srv.ResetRequests()
	token, diags = c.apply(publishTokenType, change)
	c.mustBeEmpty("applying", diags)
	expectSent(t, srv, nil)
	settled(t, c, token, config)

	token = c.update(publishTokenType, token, publishTokenValues(nil))
	c.update(publishTokenType, token, config)
	expectSent(t, srv, []string{"refreshToken"})
}

// TestPublishToken_planAsksOnlyForWhatMatters counts calls: a plan of a
// thousand tokens must not make a thousand.
func TestPublishToken_planAsksOnlyForWhatMatters(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	token := liveToken(t, srv, c, nil)

	srv.ResetRequests()
	c.plan(publishTokenType, token, publishTokenValues(nil))
	c.plan(publishTokenType, token, publishTokenValues(values{"label": "renamed", "record": true, "streams": []any{values{"stream_name": "other"}}}))
	if got := srv.Requests(); len(got) != 0 {
		t.Errorf("%d calls, want none: %v", len(got), got)
	}
	c.plan(publishTokenType, token, publishTokenValues(values{"priority": 1, "is_active": false, "rotation_trigger": "one"}))
	if got := srv.Count("", ""); got != 1 {
		t.Errorf("%d calls, want 1", got)
	}
}

func TestPublishToken_planNeedsNoAPISecret(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	token := liveToken(t, srv, newProtocolClient(t, providerConfig(srv)), nil)
	c := newProtocolClient(t, values{"api_secret": unknown{}, "base_url": srv.URL()})

	for name, change := range map[string]plannedChange{
		"create":  c.plan(publishTokenType, nil, publishTokenValues(nil)),
		"update":  c.plan(publishTokenType, token, publishTokenValues(values{"priority": 3})),
		"destroy": c.plan(publishTokenType, token, nil),
	} {
		if len(change.diagnostics) != 0 {
			t.Errorf("%s: %v", name, change.diagnostics)
		}
	}
	_, diags := c.apply(publishTokenType, c.plan(publishTokenType, token, nil))
	if got := diags.String(); !strings.Contains(got, "Unable to delete publish token") || !strings.Contains(got, "not known yet") {
		t.Errorf("apply said: %s", got)
	}
}

func TestPublishToken_planRefusesSecondOwnerOfPriority(t *testing.T) {
	t.Parallel()

	for name, test := range map[string]struct {
		had, has values
		refused  bool
	}{
		"the line is added":   {nil, values{"priority": 2}, true},
		"the line is changed": {values{"priority": 1}, values{"priority": 2}, true},
		"nothing is changed":  {values{"priority": 2}, values{"priority": 2}, true},
		"the line is removed": {values{"priority": 2}, nil, false},
		"there is none":       {nil, values{"record": true}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := providerConfig(emulator.Start(t))
			token := newProtocolClient(t, config).create(publishTokenType, publishTokenValues(test.had))

			c := newProtocolClient(t, config)
			other := c.plan("millicast_stream_priority", nil, values{"token_id": token.attribute("id"), "priority": 1})
			c.mustBeEmpty("planning the other owner", other.diagnostics)
			diags := c.plan(publishTokenType, token, publishTokenValues(test.has)).diagnostics
			if !test.refused {
				c.mustBeEmpty("planning without a priority", diags)
				return
			}
			wantSummary(t, diags, "Priority has two owners")
			if len(diags) != 1 || diags[0].path != "priority" || diags[0].warning {
				t.Errorf("want one error on priority, got: %v", diags)
			}
		})
	}
}

// TestPublishToken_planOfSecrets says when a secret is null, kept or to be read.
func TestPublishToken_planOfSecrets(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		has, change       values
		token, passphrase string // null, known or unknown
	}{
		"nothing changes":                   {has: values{"display_srt_passphrase": true}, change: values{"display_srt_passphrase": true, "record": true}, token: "known", passphrase: "known"},
		"passphrase not displayed":          {change: values{"record": true}, token: "known", passphrase: "null"},
		"display of passphrase is added":    {change: values{"display_srt_passphrase": true}, token: "known", passphrase: "unknown"},
		"display of passphrase is removed":  {has: values{"display_srt_passphrase": true}, token: "known", passphrase: "null"},
		"secrets leave the state":           {has: values{"display_srt_passphrase": true}, change: values{"display_srt_passphrase": true, "store_token": false}, token: "null", passphrase: "null"},
		"secrets enter the state":           {has: values{"display_srt_passphrase": true, "store_token": false}, change: values{"display_srt_passphrase": true}, token: "unknown", passphrase: "unknown"},
		"rotation":                          {has: values{"display_srt_passphrase": true}, change: values{"display_srt_passphrase": true, "rotation_trigger": "one"}, token: "unknown", passphrase: "unknown"},
		"rotation of what is not stored":    {has: values{"store_token": false}, change: values{"store_token": false, "rotation_trigger": "one"}, token: "null", passphrase: "null"},
		"rotation by an unknown":            {change: values{"rotation_trigger": unknown{}}, token: "unknown", passphrase: "null"},
		"storing by an unknown":             {change: values{"store_token": unknown{}}, token: "unknown", passphrase: "null"},
		"storing and display by an unknown": {change: values{"store_token": unknown{}, "display_srt_passphrase": unknown{}}, token: "unknown", passphrase: "unknown"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			c := newProtocolClient(t, providerConfig(emulator.Start(t)))
			token := c.create(publishTokenType, publishTokenValues(test.has))
			change := c.plan(publishTokenType, token, publishTokenValues(test.change))
			c.mustBeEmpty("planning", change.diagnostics)
			if got := kind(change.attribute("token")); got != test.token {
				t.Errorf("token is %s, want %s", got, test.token)
			}
			if got := kind(change.attribute("srt_passphrase")); got != test.passphrase {
				t.Errorf("srt_passphrase is %s, want %s", got, test.passphrase)
			}
		})
	}
}

func kind(v any) string {
	switch v {
	case nil:
		return "null"
	case unknown{}:
		return "unknown"
	default:
		return "known"
	}
}
