package provider

import (
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	createRoute = "/api/publish_token"
	updateRoute = "/api/v2/publish_token/{tokenId}"
	tokenRoute  = "/api/publish_token/{tokenId}"
	syncRoute   = "/api/publish_token/{tokenId}/restream/sync"
)

// TestPublishToken_secondRequestFails is about a stream that turns into a
// regular expression, which takes two requests.
func TestPublishToken_secondRequestFails(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	token := c.create(publishTokenType, publishTokenValues(values{"streams": []any{values{"stream_name": "a"}, values{"stream_name": "b"}}}))
	config := publishTokenValues(values{
		"label":            "renamed",
		"rotation_trigger": "one",
		"restream":         []any{values{"url": "rtmp://a.example.com", "key": "a-key"}},
		"streams":          []any{values{"stream_name": "a"}, values{"stream_name": "b", "is_regex": true}},
	})
	srv.Inject(emulator.Fault{Method: "PUT", Route: updateRoute, Call: 2, Kind: emulator.FaultStatus, Status: 400})

	secret := token.attribute("token")
	token, diags := c.apply(publishTokenType, c.plan(publishTokenType, token, config))
	if len(diags.errors()) != 1 {
		t.Fatalf("want one error, got: %v", diags)
	}
	if streams, _ := token.attribute("streams").([]any); len(streams) != 1 || token.attribute("label") != "studio" ||
		token.attribute("token") != secret || token.attribute("rotation_trigger") != nil {
		t.Errorf("the state must have what the first request did, and no more: %v", fromTerraform(token.value))
	}

	srv.ResetRequests()
	token = c.update(publishTokenType, token, config)
	expectSent(t, srv, []string{"addTokenStreams", "label", "refreshToken", "restream"})
	settled(t, c, token, config)
}

func TestPublishToken_pendingSyncSurvivesRefresh(t *testing.T) {
	t.Parallel()

	restream := func(key string) values {
		return publishTokenValues(values{"restream": []any{values{"url": "rtmp://a.example.com", "key": key}}})
	}
	for name, next := range map[string]values{"the same list": restream("key-2"), "the former list": restream("key-1"), "no list": publishTokenValues(nil)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			srv := emulator.Start(t)
			c := newProtocolClient(t, providerConfig(srv))
			token := liveToken(t, srv, c, restream("key-1"))
			srv.Inject(emulator.Fault{Method: "POST", Route: syncRoute, Kind: emulator.FaultStatus, Status: 400, Times: 2})

			token, diags := c.apply(publishTokenType, c.plan(publishTokenType, token, restream("key-2")))
			want := `Error: Unable to sync restream of publish token

The restream list of publish token 10001 ("studio") is stored, but bringing it to its running broadcasts failed: they still use the old one. The next apply tries again, also if nothing else has changed.

Run this again. If it fails the same way, look at the status page of the service, then check base_url and the network between here and there.

API said: injected fault (POST /api/publish_token/{tokenId}/restream/sync, HTTP 400)`
			if got := diags.String(); got != want {
				t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
			}

			// A refresh, and a change of something else that fails the same way.
			token, diags = c.read(publishTokenType, token)
			c.mustBeEmpty("refreshing", diags)
			if change := c.plan(publishTokenType, token, next); change.noop || len(change.diagnostics.warnings()) != 1 {
				t.Errorf("the plan does not say that running broadcasts use another list: %v", change.diagnostics)
			}
			if token, diags = c.apply(publishTokenType, c.plan(publishTokenType, token, next)); len(diags.errors()) != 1 {
				t.Errorf("want the error again, got: %v", diags)
			}

			srv.ResetRequests()
			token = c.update(publishTokenType, token, next)
			if srv.Count("PUT", updateRoute) != 0 || srv.Count("POST", syncRoute) != 1 {
				t.Errorf("want a sync alone, of the list that is stored already: %v", srv.Writes())
			}
			settled(t, c, token, next)
		})
	}
}

// TestPublishToken_changedByOthersSincePlan has somebody else change what the
// plan had promised to keep. Terraform fails an apply that breaks a promise.
func TestPublishToken_changedByOthersSincePlan(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	token := c.create(publishTokenType, publishTokenValues(values{"display_srt_passphrase": true}))
	config := publishTokenValues(values{"display_srt_passphrase": true, "record": true})
	change := c.plan(publishTokenType, token, config)
	c.mustBeEmpty("planning", change.diagnostics)

	srv.UpdateToken(tokenID(t, srv), func(token *emulator.Token) {
		token.Priority = new(int32(7))
		token.Secret = strings.Repeat("0", 64)
		token.SRTPassphrase = "another-passphrase"
	})
	token, diags := c.apply(publishTokenType, change)
	c.mustBeEmpty("applying", diags)
	c.mustConform(change.planned.value, token.value)

	token = settled(t, c, token, config)
	if token.attribute("priority") != int64(7) || token.attribute("token") != strings.Repeat("0", 64) || token.attribute("srt_passphrase") != "another-passphrase" {
		t.Errorf("the refresh must show what others changed: %v", fromTerraform(token.value))
	}
}

func TestPublishToken_deleteChecksAgain(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	token := c.create(publishTokenType, publishTokenValues(nil))
	destroy := c.plan(publishTokenType, token, nil)
	c.mustBeEmpty("planning", destroy.diagnostics)

	// It has gone live since the plan.
	srv.StartEncoder(emulator.Encoder{TokenLabel: "studio", Stream: "main"})
	kept, diags := c.apply(publishTokenType, destroy)
	if kept == nil || !strings.HasSuffix(diags.String(), "\n  force_destroy = true") {
		t.Errorf("want a refusal, got: %v", diags)
	}

	// It can't be told.
	srv.Inject(emulator.Fault{Route: activeRoute, Kind: emulator.FaultStatus, Status: 400})
	kept, diags = c.apply(publishTokenType, destroy)
	if kept == nil || !strings.Contains(diags.String(), "so it was not deleted") {
		t.Errorf("want a refusal, got: %v", diags)
	}
	if len(srv.Feeds("main")) != 1 {
		t.Fatal("the broadcast was cut")
	}

	// It is gone, which is what was wanted.
	srv.DeleteToken(tokenID(t, srv))
	if gone, diags := c.apply(publishTokenType, destroy); gone != nil || len(diags) != 0 {
		t.Errorf("want it to be gone, got: %v", diags)
	}
}

func TestPublishToken_onlyGoneIsGone(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, singleReads(srv))
	token := c.create(publishTokenType, publishTokenValues(nil))
	for _, fault := range []emulator.Fault{
		{Kind: emulator.FaultStatus, Status: 400},
		{Kind: emulator.FaultStatus, Status: 403},
		{Kind: emulator.FaultStatus, Status: 500, Times: -1},
		{Kind: emulator.FaultHTML, Status: 404},
	} {
		fault.Route = tokenRoute
		srv.Inject(fault)
		kept, diags := c.read(publishTokenType, token)
		if kept == nil || len(diags.errors()) != 1 || diags[0].summary != "Unable to read publish token" {
			t.Errorf("%s %d: want an error, got: %v", fault.Kind, fault.Status, diags)
		}
		srv.ClearFaults()
	}
	srv.DeleteToken(tokenID(t, srv))
	if kept, diags := c.read(publishTokenType, token); kept != nil || len(diags) != 0 {
		t.Errorf("want it to be gone, got: %v", diags)
	}
}

func TestPublishToken_timeouts(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	config := publishTokenValues(values{"timeouts": values{"create": "1ns", "update": "1ns"}})
	_, diags := c.apply(publishTokenType, c.plan(publishTokenType, nil, config))
	if got := diags.String(); !strings.Contains(got, "Unable to create publish token") || len(srv.Tokens()) != 0 {
		t.Errorf("create said: %s", got)
	}
	token := c.create(publishTokenType, publishTokenValues(nil))
	config["label"] = "renamed"
	_, diags = c.apply(publishTokenType, c.plan(publishTokenType, token, config))
	if got := diags.String(); !strings.Contains(got, "Unable to update publish token") {
		t.Errorf("update said: %s", got)
	}
}

// TestPublishToken_secretsStaySecret looks for secrets in everything that is
// said while calls with them fail.
func TestPublishToken_secretsStaySecret(t *testing.T) {
	t.Parallel()

	srv := emulator.Start(t)
	c := newProtocolClient(t, providerConfig(srv))
	const key = "restream-key-of-the-test"
	config := publishTokenValues(values{"restream": []any{values{"url": "rtmp://a.example.com", "key": key}}})
	srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultStatus, Status: 400, Body: `{"status":"fail","data":{"restream":"` + key + ` is bad"}}`})
	_, diags := c.apply(publishTokenType, c.plan(publishTokenType, nil, config))
	if text := diags.String(); strings.Contains(text, key) || !strings.Contains(text, "is bad") {
		t.Errorf("got:\n%s", text)
	}
}
