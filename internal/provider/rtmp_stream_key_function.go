package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

var _ function.Function = (*rtmpStreamKeyFunction)(nil)

// NewRTMPStreamKeyFunction returns the function rtmp_stream_key.
func NewRTMPStreamKeyFunction() function.Function { return &rtmpStreamKeyFunction{} }

// rtmpStreamKeyFunction forms stream keys.
type rtmpStreamKeyFunction struct{}

func (f *rtmpStreamKeyFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "rtmp_stream_key"
}

func (f *rtmpStreamKeyFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "The stream key for publishing over RTMP",
		MarkdownDescription: "Returns the stream key that goes with `rtmp_url`. It contains the token's secret; " +
			"Terraform treats the result as sensitive, or as ephemeral, if the argument is. Calls no API.",
		Parameters: f.parameters(),
		Return:     function.StringReturn{},
	}
}

func (f *rtmpStreamKeyFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var stream, token string
	if resp.Error = readArguments(ctx, req, f.parameters(), &stream, &token); resp.Error != nil {
		return
	}
	address, err := publish.RTMPStreamKey(stream, token)
	respond(ctx, resp, f.parameters(), address, err)
}

func (f *rtmpStreamKeyFunction) parameters() []function.Parameter {
	return []function.Parameter{streamParameter, tokenParameter}
}
