package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

var _ function.Function = (*whipURLFunction)(nil)

// NewWHIPURLFunction returns the function whip_url.
func NewWHIPURLFunction() function.Function { return &whipURLFunction{} }

// whipURLFunction forms WHIP addresses.
type whipURLFunction struct{}

func (f *whipURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "whip_url"
}

func (f *whipURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Where an encoder publishes a stream over WHIP",
		MarkdownDescription: "Returns the WHIP address of a stream. The encoder sends the token's secret as the bearer of its request. Calls no API.",
		Parameters:          f.parameters(),
		Return:              function.StringReturn{},
	}
}

func (f *whipURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var stream string
	if resp.Error = readArguments(ctx, req, f.parameters(), &stream); resp.Error != nil {
		return
	}
	address, err := publish.WHIPURL(stream)
	respond(ctx, resp, f.parameters(), address, err)
}

func (f *whipURLFunction) parameters() []function.Parameter {
	return []function.Parameter{streamParameter}
}
