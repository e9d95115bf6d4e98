package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

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
