package provider

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// Every name of the contract is there, and none besides.
func TestSchemas_names(t *testing.T) {
	t.Parallel()
	schemas := newProtocolClient(t, providerConfig(emulator.Start(t))).schemas
	for kind, test := range map[string]struct {
		got  []string
		want string
	}{
		"resources":           {slices.Sorted(maps.Keys(schemas.ResourceSchemas)), "millicast_publish_token millicast_stream_failover millicast_stream_priority"},
		"data sources":        {slices.Sorted(maps.Keys(schemas.DataSourceSchemas)), "millicast_clusters millicast_publish_token millicast_publish_tokens millicast_stream millicast_stream_primary"},
		"ephemeral resources": {slices.Sorted(maps.Keys(schemas.EphemeralResourceSchemas)), "millicast_publish_token"},
		"list resources":      {slices.Sorted(maps.Keys(schemas.ListResourceSchemas)), "millicast_publish_token millicast_stream_priority"},
		"actions":             {slices.Sorted(maps.Keys(schemas.ActionSchemas)), "millicast_reprioritize_stream millicast_stop_stream"},
		"functions":           {slices.Sorted(maps.Keys(schemas.Functions)), "rtmp_stream_key rtmp_url srt_url viewer_url whip_url"},
	} {
		if got := strings.Join(test.got, " "); got != test.want {
			t.Errorf("%s: %s, want %s", kind, got, test.want)
		}
	}
}

// TestSchemas lets the framework look for mistakes in every schema, such as a
// default of another type than its attribute.
func TestSchemas(t *testing.T) {
	t.Parallel()

	p := &millicastProvider{}
	var schema provider.SchemaResponse
	p.Schema(t.Context(), provider.SchemaRequest{}, &schema)
	if diags := schema.Schema.ValidateImplementation(t.Context()); diags.HasError() {
		t.Errorf("provider: %v", diags)
	}
	for _, construct := range p.Resources(t.Context()) {
		r := construct()
		var meta resource.MetadataResponse
		r.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "millicast"}, &meta)
		var resp resource.SchemaResponse
		r.Schema(t.Context(), resource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("resource %s: %v", meta.TypeName, diags)
		}
		identified, ok := r.(resource.ResourceWithIdentity)
		if !ok {
			t.Errorf("resource %s has no identity", meta.TypeName)
			continue
		}
		var identity resource.IdentitySchemaResponse
		identified.IdentitySchema(t.Context(), resource.IdentitySchemaRequest{}, &identity)
		if diags := identity.IdentitySchema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("identity of %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.DataSources(t.Context()) {
		d := construct()
		var meta datasource.MetadataResponse
		d.Metadata(t.Context(), datasource.MetadataRequest{ProviderTypeName: "millicast"}, &meta)
		var resp datasource.SchemaResponse
		d.Schema(t.Context(), datasource.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("data source %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.EphemeralResources(t.Context()) {
		e := construct()
		var meta ephemeral.MetadataResponse
		e.Metadata(t.Context(), ephemeral.MetadataRequest{ProviderTypeName: "millicast"}, &meta)
		var resp ephemeral.SchemaResponse
		e.Schema(t.Context(), ephemeral.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("ephemeral resource %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.ListResources(t.Context()) {
		l := construct()
		var meta resource.MetadataResponse
		l.Metadata(t.Context(), resource.MetadataRequest{ProviderTypeName: "millicast"}, &meta)
		var resp list.ListResourceSchemaResponse
		l.ListResourceConfigSchema(t.Context(), list.ListResourceSchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("list resource %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.Actions(t.Context()) {
		a := construct()
		var meta action.MetadataResponse
		a.Metadata(t.Context(), action.MetadataRequest{ProviderTypeName: "millicast"}, &meta)
		var resp action.SchemaResponse
		a.Schema(t.Context(), action.SchemaRequest{}, &resp)
		if diags := resp.Schema.ValidateImplementation(t.Context()); diags.HasError() {
			t.Errorf("action %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.Functions(t.Context()) {
		f := construct()
		var meta function.MetadataResponse
		f.Metadata(t.Context(), function.MetadataRequest{}, &meta)
		var resp function.DefinitionResponse
		f.Definition(t.Context(), function.DefinitionRequest{}, &resp)
		var valid function.DefinitionValidateResponse
		resp.Definition.ValidateImplementation(t.Context(), function.DefinitionValidateRequest{FuncName: meta.Name}, &valid)
		if valid.Diagnostics.HasError() {
			t.Errorf("function %s: %v", meta.Name, valid.Diagnostics)
		}
	}
}

// TestSchemas_describeEverything holds what the documentation is made of.
func TestSchemas_describeEverything(t *testing.T) {
	t.Parallel()

	server, err := factories()["millicast"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	describe(t, "provider", schemas.Provider.Block)
	for name, schema := range schemas.ResourceSchemas {
		describe(t, "resource "+name, schema.Block)
	}
	for name, schema := range schemas.DataSourceSchemas {
		describe(t, "data source "+name, schema.Block)
	}
	for name, schema := range schemas.EphemeralResourceSchemas {
		describe(t, "ephemeral resource "+name, schema.Block)
	}
	for name, schema := range schemas.ListResourceSchemas {
		describe(t, "list resource "+name, schema.Block)
	}
	for name, schema := range schemas.ActionSchemas {
		describe(t, "action "+name, schema.Schema.Block)
	}
	for name, f := range schemas.Functions {
		if f.Summary == "" || f.Description == "" {
			t.Errorf("function %s has no description", name)
		}
		for _, parameter := range f.Parameters {
			if parameter.Description == "" {
				t.Errorf("function %s, %s has no description", name, parameter.Name)
			}
		}
	}
}

func describe(t *testing.T, name string, block *tfprotov6.SchemaBlock) {
	t.Helper()
	if block.Description == "" {
		t.Errorf("%s has no description", name)
	}
	describeAttributes(t, name, block.Attributes)
}

func describeAttributes(t *testing.T, parent string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, a := range attributes {
		name := parent + ", " + a.Name
		if a.Description == "" {
			t.Errorf("%s has no description", name)
		}
		if a.NestedType != nil {
			describeAttributes(t, name, a.NestedType.Attributes)
		}
	}
}
