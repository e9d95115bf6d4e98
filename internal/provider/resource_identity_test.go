package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// identified is how a resource is identified, what its configuration is for a
// token that exists, and what is no identity of it.
type identifiedBy struct {
	attribute string
	id        func(token int64) any
	config    func(token int64) values
	nothing   []any    // no object has these
	garbled   []string // and these are no ids at all
}

var identified = map[string]identifiedBy{
	publishTokenType: {
		attribute: "id",
		id:        func(token int64) any { return token },
		config: func(int64) values {
			return values{"label": "main iad", "streams": []any{values{"stream_name": mainStream}}}
		},
		nothing: []any{0, -5, 99},
		garbled: []string{"", "main iad", "9223372036854775808", "1.5"},
	},
	streamPriority: {
		attribute: "token_id",
		id:        func(token int64) any { return token },
		config:    func(token int64) values { return values{"token_id": token, "priority": 20} },
		nothing:   []any{0, -5, 99},
		garbled:   []string{"", "main iad", "9223372036854775808", "1.5"},
	},
	streamFailover: {
		attribute: "stream_name",
		id:        func(int64) any { return mainStream },
		config:    func(token int64) values { return values{"stream_name": mainStream, "token_ids": []any{token}} },
		nothing:   []any{"", "Abcde0/main_stream", "other_stream", strings.Repeat("s", 129)},
	},
}

// eachIdentified runs a test for each resource, with a token that exists.
func eachIdentified(t *testing.T, test func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName string, by identifiedBy)) {
	t.Helper()
	for typeName, by := range identified {
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			token := mainToken(srv, "main iad", new(int32(20)))
			test(t, newProtocolClient(t, singleReads(srv)), srv, token, typeName, by)
		})
	}
}

func TestIdentity_ofEveryResource(t *testing.T) {
	t.Parallel()
	c := newProtocolClient(t, providerConfig(emulator.Start(t)))
	for typeName := range c.schemas.ResourceSchemas {
		if _, ok := identified[typeName]; !ok {
			t.Errorf("the tests of this file leave %s out", typeName)
		}
		c.identityType(typeName) // Fails the test if there is none.
	}
}

func TestIdentity_ofEveryOperation(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName string, by identifiedBy) {
		created := c.create(typeName, by.config(token))
		id := created.attribute(by.attribute)
		want := func(i *instance, when string) {
			t.Helper()
			if got := c.identity(typeName, i.identity); got[by.attribute] != id {
				t.Errorf("%s: identity %v, want %v", when, got, id)
			}
		}
		want(created, "created")
		refreshed, diags := c.read(typeName, created)
		c.mustBeEmpty("refreshing", diags)
		want(refreshed, "refreshed")

		config := by.config(token)
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
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName string, by identifiedBy) {
		old := c.create(typeName, by.config(token))
		old.identity = nil

		refreshed, diags := c.read(typeName, old)
		c.mustBeEmpty("refreshing", diags)
		if got := c.identity(typeName, refreshed.identity); got[by.attribute] != old.attribute(by.attribute) {
			t.Errorf("identity %v", got)
		}
		if plan := c.plan(typeName, refreshed, by.config(token)); !plan.noop {
			t.Errorf("the plan is not empty: %v", plan.planned.value)
		}
		// With -refresh=false the update is the first that sees the state.
		config := by.config(token)
		config["timeouts"] = values{"update": "1m"}
		updated := c.update(typeName, old, config)
		if got := c.identity(typeName, updated.identity); got[by.attribute] != old.attribute(by.attribute) {
			t.Errorf("identity %v after an update", got)
		}
		// And so may the destruction be.
		plan := c.plan(typeName, old, nil)
		c.mustBeEmpty("planning the destruction", plan.diagnostics.errors())
		if _, diags := c.apply(typeName, plan); len(diags) != 0 {
			t.Errorf("destroying: %v", diags)
		}
	})
}

// A read that removes the resource, or that fails, has to set the identity too:
// without one the framework adds an error of its own.
func TestIdentity_ofAStateWithoutOneThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		happens func(srv *emulator.Server, token int64)
		says    string // "": nothing
	}{
		"gone":          {func(srv *emulator.Server, token int64) { srv.DeleteToken(token) }, ""},
		"not permitted": {func(srv *emulator.Server, _ int64) { refuseAll(srv, 403) }, "API said"},
		"out of order":  {func(srv *emulator.Server, _ int64) { refuseAll(srv, 500) }, "API said"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName string, by identifiedBy) {
				old := c.create(typeName, by.config(token))
				old.identity = nil
				if id, ok := old.attribute("id").(int64); ok {
					srv.DeleteToken(token) // The resource has made one of its own.
					token = id
				}
				test.happens(srv, token)

				refreshed, diags := c.read(typeName, old)
				if test.says == "" {
					c.mustBeEmpty("refreshing", diags)
					if refreshed != nil {
						t.Errorf("it is still there: %v", refreshed.value)
					}
					return
				}
				if len(diags) != 1 || !strings.Contains(diags[0].detail, test.says) {
					t.Errorf("diagnostics: %v", diags)
				}
			})
		})
	}
}

// refuseAll makes every reading fail.
func refuseAll(srv *emulator.Server, status int) {
	srv.Inject(emulator.Fault{Method: "GET", Kind: emulator.FaultStatus, Status: status, Times: -1})
}

func TestIdentity_import(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName string, by identifiedBy) {
		imported, diags := c.importByIdentity(typeName, values{by.attribute: by.id(token)})
		c.mustBeEmpty("importing", diags)
		if imported.attribute(by.attribute) != by.id(token) || c.identity(typeName, imported.identity)[by.attribute] != by.id(token) {
			t.Errorf("imported %v", imported.value)
		}
		if plan := c.plan(typeName, imported, by.config(token)); !plan.noop {
			t.Errorf("the plan is not empty: %v", plan.planned.value)
		}
		generated := c.generateConfig(typeName, attributesOf(imported.value))
		c.mustBeEmpty("validating", c.validate(typeName, generated))
		if plan := c.plan(typeName, imported, generated); !plan.noop {
			t.Errorf("the plan of what is generated is not empty: %v", plan.planned.value)
		}
	})
}

// What is no id, or is the id of nothing, is one error that says so, however it
// is given.
func TestIdentity_importOfNothing(t *testing.T) {
	t.Parallel()
	eachIdentified(t, func(t *testing.T, c *protocolClient, srv *emulator.Server, token int64, typeName string, by identifiedBy) {
		for _, id := range by.nothing {
			_, byIdentity := c.importByIdentity(typeName, values{by.attribute: id})
			_, byID := c.importByID(typeName, fmt.Sprint(id))
			for way, diags := range map[string]diagnostics{"identity": byIdentity, "id": byID} {
				if len(diags) != 1 || diags[0].warning || !strings.Contains(diags[0].detail, fmt.Sprint(id)) || len(strings.Split(diags[0].detail, "\n\n")) < 2 {
					t.Errorf("import of %v by %s: %v", id, way, diags)
				}
			}
		}
		for _, id := range by.garbled {
			if _, diags := c.importByID(typeName, id); len(diags) != 1 || diags[0].summary != "Invalid import id" || !strings.Contains(diags[0].detail, fmt.Sprintf("%q", id)) {
				t.Errorf("import of %q: %v", id, diags)
			}
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
