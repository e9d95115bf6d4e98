package provider

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/journal"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// leftCreate leaves the note of a create that began at a time and was killed, and
// returns a provider that finds it.
func leftCreate(t *testing.T, srv *emulator.Server, began time.Time) *protocolClient {
	t.Helper()
	dir := t.TempDir()
	note, err := journal.In(dir, srv.URL()+" "+srv.Secret()).Begin(noteCreate,
		millicast.Looks("studio", []millicast.StreamName{{StreamName: "main"}}), millicast.Attempt{Since: began})
	if err != nil {
		t.Fatal(err)
	}
	note.Keep()
	c, diags := configureProviderWithJournal(t, dir, providerConfig(srv))
	c.mustBeEmpty("configuring", diags)
	return c
}

func TestPublishToken_killedCreateSaysSo(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := leftCreate(t, srv, time.Now().Add(-time.Minute))
	for range 2 {
		srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}})
	}
	config := publishTokenValues(nil)

	plan := c.plan(publishTokenType, nil, config)
	want := `Warning: Creation was cut short

A run that was creating the publish token with the label "studio" was killed before Terraform heard of the token.

Nothing is to be done: this apply looks for the token, and takes it if it is there. There will be no second one.`
	if got := plan.diagnostics.String(); got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}

	_, diags := c.apply(publishTokenType, plan)
	stamps := []any{journalDir()}
	for _, token := range srv.Tokens() {
		stamps = append(stamps, token.AddedOn.UTC().Format(time.RFC3339))
	}
	want = fmt.Sprintf(`Error: Unable to create publish token

A run that was creating the publish token with the label "studio" was killed before Terraform heard of the token. It can't be told which token that is, so none was created.

Find out in the dashboard which of these it is, delete the others if nobody uses them, then run the command with the address of this resource for ADDRESS:

  terraform import ADDRESS 10001  # made at %[2]s
  # or
  terraform import ADDRESS 10002  # made at %[3]s

If it is none of these, delete the folder %[1]s and apply again: then a new token is made.`, stamps...)
	if got := diags.String(); got != want {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}
	if srv.Count("POST", createRoute) != 0 {
		t.Errorf("a token was created")
	}
}

// A provider may outlive the CLI for a while, and end the call in order. Nobody has
// heard of the token all the same.
func TestPublishToken_createWhoseAnswerNobodyTakesLeavesItsNote(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	dir, config := t.TempDir(), publishTokenValues(nil)
	c, diags := configureProviderWithJournal(t, dir, providerConfig(srv))
	c.mustBeEmpty("configuring", diags)
	plan := c.plan(publishTokenType, nil, config)
	srv.Inject(emulator.Fault{Method: "POST", Route: createRoute, Kind: emulator.FaultSlow, Delay: 20 * time.Second})
	ctx, gone := context.WithTimeout(t.Context(), 3*time.Second)
	defer gone()
	c.applyUntil(ctx, publishTokenType, plan)
	srv.ClearFaults()

	c, diags = configureProviderWithJournal(t, dir, providerConfig(srv))
	c.mustBeEmpty("configuring", diags)
	plan = c.plan(publishTokenType, nil, config)
	wantSummary(t, plan.diagnostics, "Creation was cut short")
	_, diags = c.apply(publishTokenType, plan)
	c.mustBeEmpty("applying", diags.errors())
	if got := len(srv.Tokens()); got != 1 {
		t.Errorf("%d tokens", got)
	}
}

// Where the account can't be read, nobody knows, and nothing is created.
func TestPublishToken_killedCreateAndOutage(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	c := leftCreate(t, srv, time.Now().Add(-time.Minute))
	config := publishTokenValues(nil)
	srv.Inject(emulator.Fault{Method: "GET", Route: createRoute + "/list_by_name", Kind: emulator.FaultStatus, Status: 400, Times: -1})
	_, diags := c.apply(publishTokenType, c.plan(publishTokenType, nil, config))
	want := `Error: Unable to create publish token

A run that was creating the publish token with the label "studio" was killed before Terraform heard of the token. Looking whether it exists failed, so none was created.

Run this again. If it fails the same way, look at the status page of the service, then check base_url and the network between here and there.

API said: injected fault (GET /api/publish_token/list_by_name, HTTP 400)`
	if got := diags.String(); got != want || srv.Count("POST", createRoute) != 0 {
		t.Errorf("got:\n%s\n\nwant:\n%s", got, want)
	}

	// The note stays until it is settled. That create was never carried out.
	srv.ClearFaults()
	c.create(publishTokenType, config)
	if got := len(srv.Tokens()); got != 1 {
		t.Errorf("%d tokens", got)
	}
}
