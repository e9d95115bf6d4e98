package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

var _ function.Function = (*rtmpURLFunction)(nil)

// NewRTMPURLFunction returns the function rtmp_url.
func NewRTMPURLFunction() function.Function { return &rtmpURLFunction{} }

// rtmpURLFunction forms RTMP addresses.
type rtmpURLFunction struct{}

func (f *rtmpURLFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "rtmp_url"
}

func (f *rtmpURLFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary:             "Where an encoder publishes over RTMP",
		MarkdownDescription: "Returns the RTMP address of a host. It goes with a stream key: see `rtmp_stream_key`. Calls no API.",
		Parameters:          f.parameters(),
		Return:              function.StringReturn{},
	}
}

func (f *rtmpURLFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var host string
	if resp.Error = readArguments(ctx, req, f.parameters(), &host); resp.Error != nil {
		return
	}
	address, err := publish.RTMPURL(host)
	respond(ctx, resp, f.parameters(), address, err)
}

func (f *rtmpURLFunction) parameters() []function.Parameter {
	return []function.Parameter{hostParameter}
}
