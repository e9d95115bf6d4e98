package provider

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// The plan of a deletion asks once for all tokens who is live, and the apply once
// for those that are deleted at the same time.
func TestAccPublishToken_deletingManySharesTheLookAtWhoIsLive(t *testing.T) {
	t.Parallel()
	const tokens = 50
	srv := emulator.Start(t, emulator.WithLatency(100*time.Millisecond))
	config := providerBlock(srv) + fmt.Sprintf(`
resource "millicast_publish_token" "test" {
  count   = %d
  label   = "token-${count.index}"
  streams = [{ stream_name = "stream-${count.index}" }]
}
`, tokens)

	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: srv.ResetRequests, Config: config, Destroy: true},
		},
	})
	if deleted := srv.Count("DELETE", "/api/publish_token/{tokenId}"); deleted != tokens {
		t.Errorf("%d tokens were deleted", deleted)
	}
	if asked := srv.Count("GET", "/api/publish_token/active/all"); asked < 2 || asked > tokens*2/3 {
		t.Errorf("who is live was asked %d times for %d tokens", asked, tokens)
	}
}

// A look through the account for tokens outside of the order is for the reviewer:
// the apply does not wait for it again.
func TestAccStreamFailover_looksThroughTheAccountOnceForAChange(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	ids := fourTokens(srv)
	order := slices.Concat(ids[3:], ids[:3])
	testStreamPriority(t,
		resource.TestStep{Config: failoverConfig(srv, ids, "")},
		resource.TestStep{PreConfig: srv.ResetRequests, Config: failoverConfig(srv, order, ""), Check: wantCalls(srv, 1)},
	)
	// The list is one page, and an empty one.
	if pages := srv.Count("GET", "/api/publish_token/list"); pages != 2 {
		t.Errorf("the account was listed by %d calls, want 2", pages)
	}
}
