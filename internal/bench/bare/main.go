// Command bare serves a provider with one empty resource. It shows what the
// framework takes by itself, which the real provider is held against.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

func main() {
	err := providerserver.Serve(context.Background(), func() provider.Provider { return bareProvider{} }, providerserver.ServeOpts{
		Address:         "registry.terraform.io/millicast/millicast",
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}

type bareProvider struct{}

func (bareProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "millicast"
}

func (bareProvider) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (bareProvider) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {
}

func (bareProvider) DataSources(context.Context) []func() datasource.DataSource { return nil }

func (bareProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return bareResource{} }}
}

type bareResource struct{}

func (bareResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_nothing"
}

func (bareResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{}
}

func (bareResource) Create(context.Context, resource.CreateRequest, *resource.CreateResponse) {}

func (bareResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (bareResource) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

func (bareResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}
