package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

var _ function.Function = (*srtURLFunction)(nil)

// NewSRTURLFunction returns the function srt_url.
func NewSRTURLFunction() function.Function { return &srtURLFunction{} }

// srtURLFunction forms SRT addresses.
type srtURLFunction struct{}

func (f *srtURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "srt_url"
}

func (f *srtURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Where an encoder publishes a stream over SRT",
		MarkdownDescription: "Returns the SRT address of a stream. It contains the token's secret in a shorter form; " +
			"Terraform treats the result as sensitive, or as ephemeral, if the argument is. Calls no API.",
		Parameters: f.parameters(),
		Return:     function.StringReturn{},
	}
}

func (f *srtURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var host, stream, token string
	var encrypted bool
	if resp.Error = readArguments(ctx, req, f.parameters(), &host, &stream, &token, &encrypted); resp.Error != nil {
		return
	}
	address, err := publish.SRTURL(host, stream, token, encrypted)
	respond(ctx, resp, f.parameters(), address, err)
}

func (f *srtURLFunction) parameters() []function.Parameter {
	return []function.Parameter{hostParameter, streamParameter, tokenParameter, function.BoolParameter{
		Name:                "encrypted",
		MarkdownDescription: "Whether the encoder encrypts what it sends, with the token's `srt_passphrase`.",
	}}
}
