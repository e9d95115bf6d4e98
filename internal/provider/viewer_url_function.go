package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

var _ function.Function = (*viewerURLFunction)(nil)

// NewViewerURLFunction returns the function viewer_url.
func NewViewerURLFunction() function.Function { return &viewerURLFunction{} }

// viewerURLFunction forms addresses of the hosted player.
type viewerURLFunction struct{}

func (f *viewerURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "viewer_url"
}

func (f *viewerURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Where a browser plays a stream",
		MarkdownDescription: "Returns the address of the hosted player for a stream. Calls no API.",
		Parameters:          f.parameters(),
		Return:              function.StringReturn{},
	}
}

func (f *viewerURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var account, stream string
	if resp.Error = readArguments(ctx, req, f.parameters(), &account, &stream); resp.Error != nil {
		return
	}
	address, err := publish.ViewerURL(account, stream)
	respond(ctx, resp, f.parameters(), address, err)
}

func (f *viewerURLFunction) parameters() []function.Parameter {
	return []function.Parameter{function.StringParameter{
		Name:                string(publish.Account),
		MarkdownDescription: "Account id, such as `Abcde0`.",
	}, streamParameter}
}
