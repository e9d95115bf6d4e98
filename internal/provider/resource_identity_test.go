package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// identified are the resources that are identified by a token's id, and a
// configuration of each.
var identified = map[string]struct {
	attribute string
	config    func(token int64) values
}{
	publishTokenType: {"id", func(int64) values {
		return values{"label": "main iad", "streams": []any{values{"stream_name": mainStream}}}
	}},
	streamPriority: {"token_id", func(token int64) values { return values{"token_id": token, "priority": 20} }},
}

// eachIdentified runs a test for each resource, with a token that exists.
func eachIdentified(t *testing.T, test func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName, attribute string)) {
	t.Helper()
	for typeName, resource := range identified {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			token := mainToken(srv, "main iad", new(int32(20)))
			test(t, newProtocolClient(t, singleReads(srv)), srv, token, typeName, resource.attribute)
		})
	}
}

func TestIdentity_ofEveryOperation(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName, attribute string) {
		created := c.create(typeName, identified[typeName].config(token))
		id := created.attribute(attribute)
		want := func(i *instance, when string) {
			t.Helper()
			if got := c.identity(typeName, i.identity); got[attribute] != id {
				t.Errorf("%s: identity %v, want %v", when, got, id)
			}
		}
		want(created, "created")
		refreshed, diags := c.read(typeName, created)
		c.mustBeEmpty("refreshing", diags)
		want(refreshed, "refreshed")

		config := identified[typeName].config(token)
		config["timeouts"] = values{"update": "1m"}
		want(c.update(typeName, refreshed, config), "updated")

		imported, diags := c.importByID(typeName, fmt.Sprint(id))
		c.mustBeEmpty("importing", diags)
		want(imported, "imported")
	})
}

// A state from before there were identities has none.
func TestIdentity_ofAStateWithoutOne(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName, attribute string) {
		old := c.create(typeName, identified[typeName].config(token))
		old.identity = nil

		refreshed, diags := c.read(typeName, old)
		c.mustBeEmpty("refreshing", diags)
		if got := c.identity(typeName, refreshed.identity); got[attribute] != old.attribute(attribute) {
			t.Errorf("identity %v", got)
		}
		// With -refresh=false the update is the first that sees the state.
		config := identified[typeName].config(token)
		config["timeouts"] = values{"update": "1m"}
		updated := c.update(typeName, old, config)
		if got := c.identity(typeName, updated.identity); got[attribute] != old.attribute(attribute) {
			t.Errorf("identity %v after an update", got)
		}
	})
}

func TestIdentity_ofAStateWithoutOneWhoseTokenIsGone(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName, attribute string) {
		old := c.create(typeName, identified[typeName].config(token))
		old.identity = nil
		id, _ := old.attribute(attribute).(int64)
		srv.DeleteToken(id)

		refreshed, diags := c.read(typeName, old)
		c.mustBeEmpty("refreshing", diags)
		if refreshed != nil {
			t.Errorf("it is still there: %v", refreshed.value)
		}
	})
}

func TestIdentity_import(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName, attribute string) {
		imported, diags := c.importByIdentity(typeName, values{attribute: token})
		c.mustBeEmpty("importing", diags)
		if imported.attribute(attribute) != token || c.identity(typeName, imported.identity)[attribute] != token {
			t.Errorf("imported %v", imported.value)
		}
		if plan := c.plan(typeName, imported, identified[typeName].config(token)); !plan.noop {
			t.Errorf("the plan is not empty: %v", plan.planned.value)
		}
	})
}

func TestIdentity_importOfNoToken(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName, attribute string) {
		if _, diags := c.importByIdentity(typeName, values{attribute: 0}); len(diags) != 1 || diags[0].summary != "Invalid import id" {
			t.Errorf("diagnostics: %v", diags)
		}
		if _, diags := c.importByIdentity(typeName, values{attribute: 99}); len(diags) != 1 || diags[0].warning {
			t.Errorf("diagnostics: %v", diags)
		}
	})
}

func TestAccIdentity_importBlock(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	resource.UnitTest(t, resource.TestCase{
		TerraformVersionChecks:   needs(t, featureIdentity),
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config: publishTokenConfig(srv, ``),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(publishTokenAddr, map[string]knownvalue.Check{"id": knownvalue.NotNull()}),
				},
			},
			{
				ResourceName:    publishTokenAddr,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithResourceIdentity,
			},
		},
	})
}
