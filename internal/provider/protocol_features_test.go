package provider

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The protocol client's side of identities, list resources and actions, which
// not every CLI has.

// identityType is the type of a resource's identity.
func (c *protocolClient) identityType(typeName string) tftypes.Type {
	c.t.Helper()
	resp, err := c.server.GetResourceIdentitySchemas(c.t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	c.must(err)
	c.mustBeEmpty("reading the identity schemas", newDiagnostics(resp.Diagnostics))
	schema, ok := resp.IdentitySchemas[typeName]
	if !ok {
		c.t.Fatalf("%s has no identity", typeName)
	}
	return schema.ValueType()
}

// identity returns the attributes of an identity: nil if there is none.
func (c *protocolClient) identity(typeName string, data *tfprotov6.ResourceIdentityData) values {
	c.t.Helper()
	if data == nil || data.IdentityData == nil {
		return nil
	}
	value, err := data.IdentityData.Unmarshal(c.identityType(typeName))
	c.must(err)
	return attributesOf(value)
}

// importByIdentity imports a resource and reads it, as Terraform does.
func (c *protocolClient) importByIdentity(typeName string, identity values) (*instance, diagnostics) {
	c.t.Helper()
	typ := c.identityType(typeName)
	data, err := tfprotov6.NewDynamicValue(typ, toTerraform(typ, identity))
	c.must(err)
	resp, err := c.server.ImportResourceState(c.t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName,
		Identity: &tfprotov6.ResourceIdentityData{IdentityData: &data},
	})
	c.must(err)
	diags := newDiagnostics(resp.Diagnostics)
	if len(diags.errors()) != 0 || len(resp.ImportedResources) != 1 {
		return nil, diags
	}
	got := resp.ImportedResources[0]
	imported, more := c.read(typeName, c.instance(c.resourceBlock(typeName), got.State, got.Private, got.Identity))
	return imported, append(diags, more...)
}

// open validates and opens an ephemeral resource.
func (c *protocolClient) open(typeName string, config values) (values, diagnostics) {
	c.t.Helper()
	schema, ok := c.schemas.EphemeralResourceSchemas[typeName]
	if !ok {
		c.t.Fatalf("no ephemeral resource %s", typeName)
	}
	packed := c.pack(schema.Block, config)
	validated, err := c.server.ValidateEphemeralResourceConfig(c.t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: typeName, Config: packed})
	c.must(err)
	if diags := newDiagnostics(validated.Diagnostics); len(diags.errors()) != 0 {
		return nil, diags
	}
	resp, err := c.server.OpenEphemeralResource(c.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: typeName, Config: packed})
	c.must(err)
	return attributesOf(c.unpack(schema.Block, resp.Result)), newDiagnostics(resp.Diagnostics)
}

// found is what a list resource has found.
type found struct {
	name     string
	identity values
	resource values // nil unless it was asked for
}

// list runs a list resource. A limit of 0 is none.
func (c *protocolClient) list(typeName string, config values, limit int64, includeResource bool) ([]found, diagnostics) {
	c.t.Helper()
	schema, ok := c.schemas.ListResourceSchemas[typeName]
	if !ok {
		c.t.Fatalf("no list resource %s", typeName)
	}
	server, ok := c.server.(tfprotov6.ListResourceServer)
	if !ok {
		c.t.Fatal("the provider serves no list resources")
	}
	packed := c.pack(schema.Block, config)
	validated, err := server.ValidateListResourceConfig(c.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: typeName, Config: packed})
	c.must(err)
	if diags := newDiagnostics(validated.Diagnostics); len(diags.errors()) != 0 {
		return nil, diags
	}
	stream, err := server.ListResource(c.t.Context(), &tfprotov6.ListResourceRequest{
		TypeName: typeName, Config: packed, Limit: limit, IncludeResource: includeResource,
	})
	c.must(err)

	var all []found
	var diags diagnostics
	for result := range stream.Results {
		diags = append(diags, newDiagnostics(result.Diagnostics)...)
		if result.Identity == nil {
			continue
		}
		one := found{name: result.DisplayName, identity: c.identity(typeName, result.Identity)}
		if result.Resource != nil {
			one.resource = attributesOf(c.unpack(c.resourceBlock(typeName), result.Resource))
		}
		all = append(all, one)
	}
	return all, diags
}

// generateConfig is the configuration that a CLI writes of a state, as Terraform
// does from 1.14 on: the provider is asked for it, and what is sensitive is
// written as null.
func (c *protocolClient) generateConfig(typeName string, state values) values {
	c.t.Helper()
	block := c.resourceBlock(typeName)
	resp, err := c.server.GenerateResourceConfig(c.t.Context(), &tfprotov6.GenerateResourceConfigRequest{TypeName: typeName, State: c.pack(block, state)})
	c.must(err)
	c.mustBeEmpty("generating a configuration", newDiagnostics(resp.Diagnostics))
	return withoutSecrets(block.Attributes, attributesOf(c.unpack(block, resp.Config)))
}

func withoutSecrets(attributes []*tfprotov6.SchemaAttribute, config values) values {
	written := values{}
	for _, a := range attributes {
		if a.Sensitive {
			continue
		}
		written[a.Name] = config[a.Name]
		elements, ok := config[a.Name].([]any)
		if a.NestedType == nil || !ok {
			continue
		}
		var hidden []any
		for _, element := range elements {
			object, _ := element.(values)
			hidden = append(hidden, withoutSecrets(a.NestedType.Attributes, object))
		}
		written[a.Name] = hidden
	}
	return written
}

// planAction validates and plans an action.
func (c *protocolClient) planAction(typeName string, config values) diagnostics {
	c.t.Helper()
	server, packed := c.action(typeName, config)
	validated, err := server.ValidateActionConfig(c.t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: typeName, Config: packed})
	c.must(err)
	if diags := newDiagnostics(validated.Diagnostics); len(diags.errors()) != 0 {
		return diags
	}
	resp, err := server.PlanAction(c.t.Context(), &tfprotov6.PlanActionRequest{ActionType: typeName, Config: packed})
	c.must(err)
	return newDiagnostics(resp.Diagnostics)
}

// invoke runs an action, and returns its progress messages.
func (c *protocolClient) invoke(typeName string, config values) (progress []string, diags diagnostics) {
	c.t.Helper()
	server, packed := c.action(typeName, config)
	stream, err := server.InvokeAction(c.t.Context(), &tfprotov6.InvokeActionRequest{ActionType: typeName, Config: packed})
	c.must(err)
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			progress = append(progress, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = newDiagnostics(event.Diagnostics)
		}
	}
	return progress, diags
}

func (c *protocolClient) action(typeName string, config values) (tfprotov6.ActionServer, *tfprotov6.DynamicValue) {
	c.t.Helper()
	schema, ok := c.schemas.ActionSchemas[typeName]
	if !ok {
		c.t.Fatalf("no action %s", typeName)
	}
	server, ok := c.server.(tfprotov6.ActionServer)
	if !ok {
		c.t.Fatal("the provider serves no actions")
	}
	return server, c.pack(schema.Schema.Block, config)
}
