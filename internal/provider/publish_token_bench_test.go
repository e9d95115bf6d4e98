package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// BenchmarkPublishToken is the provider's share of the plan of a token that
// nobody has changed, by the calls that Terraform makes. The time of a plan of
// thousands of tokens is mostly this.
func BenchmarkPublishToken(b *testing.B) {
	srv := emulator.Start(b)
	c := newProtocolClient(b, providerConfig(srv))
	config := values{"label": "camera", "streams": []any{values{"stream_name": "show"}}}
	block := c.resourceBlock("millicast_publish_token")
	token := c.create("millicast_publish_token", config)
	token, _ = c.read("millicast_publish_token", token)
	packedConfig, state := c.pack(block, config), c.packInstance(block, token)
	proposed := c.packValue(block, proposedNewState(block, token, config))

	for name, call := range map[string]func() error{
		"validate": func() error {
			_, err := c.server.ValidateResourceConfig(b.Context(), &tfprotov6.ValidateResourceConfigRequest{
				TypeName: "millicast_publish_token", Config: packedConfig,
			})
			return err
		},
		"read": func() error {
			_, err := c.server.ReadResource(b.Context(), &tfprotov6.ReadResourceRequest{
				TypeName: "millicast_publish_token", CurrentState: state, Private: token.private, CurrentIdentity: token.identity,
			})
			return err
		},
		"plan": func() error {
			_, err := c.server.PlanResourceChange(b.Context(), &tfprotov6.PlanResourceChangeRequest{
				TypeName: "millicast_publish_token", PriorState: state, Config: packedConfig, ProposedNewState: proposed,
				PriorPrivate: token.private, PriorIdentity: token.identity,
			})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
