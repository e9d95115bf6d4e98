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
	// The list is one page, and an empty one that ends it. Reads of single tokens may
	// load the first as well, if one of them was quicker than the others.
	ends := 0
	for _, request := range srv.Requests() {
		if request.Route == "/api/publish_token/list" && request.Query.Get("page") == "2" {
			ends++
		}
	}
	if ends != 1 {
		t.Errorf("the account was looked through %d times, want once", ends)
	}
}

// Data sources that look through the account share one walk of its list, and one
// look at who is live.
func TestAccDataSources_shareTheLookThroughTheAccount(t *testing.T) {
	t.Parallel()
	srv := emulator.Start(t)
	for i := range 30 {
		srv.CreateToken(emulator.TokenSeed{Label: fmt.Sprint("token-", i), Streams: []emulator.Stream{{Name: fmt.Sprint("stream-", i)}}})
	}
	config := providerBlock(srv) + `
data "millicast_publish_token" "by_label" {
  count = 30
  label = "token-${count.index}"
}

data "millicast_publish_tokens" "all" {
  count = 10
}

data "millicast_publish_tokens" "active" {
  count       = 10
  active_only = true
}

data "millicast_stream" "test" {
  count       = 30
  stream_name = "stream-${count.index}"
}
`
	testStreamPriority(t, resource.TestStep{Config: config, PlanOnly: true})
	runs := srv.Count("GET", "/api/cluster") // Each run begins with it.
	for route, most := range map[string]int{
		"/api/publish_token/list":              2, // a page, and an empty one
		"/api/publish_token/active/all":        5, // one for every 5 s
		"/api/monitoring/streams/{streamName}": 15,
		"/api/monitoring/streams":              15,
		"/api/publish_token/{tokenId}":         0,
		"/api/publish_token/list_by_name":      0,
	} {
		if calls := srv.Count("GET", route); calls > most*runs {
			t.Errorf("%d runs made %d calls of %s, want at most %d each", runs, calls, route, most)
		}
	}
}

// callsBefore are the calls of a run from its sign-in to the first of a route.
func callsBefore(srv *emulator.Server, route string) []string {
	var calls []string
	for _, request := range srv.Requests() {
		switch request.Route {
		case "/api/cluster":
			calls = nil
		case route:
			return calls
		default:
			calls = append(calls, request.Method+" "+request.Route)
		}
	}
	return nil
}

// The apply of a plan that was reviewed looks once for the words of the plan that
// Terraform makes again, and once for the guards.
func TestAccFailover_applyMakesFewCallsBeforeTheSwitch(t *testing.T) {
	t.Parallel()
	const reprioritize = "/api/stream/reprioritize"
	for name, test := range map[string]struct {
		config func(srv *emulator.Server, onAir, standby int64, switched bool) string
		most   int
	}{
		"stream_priority": {func(srv *emulator.Server, _, standby int64, switched bool) string {
			return streamPriorityConfig(srv, standby, map[bool]int32{false: 10, true: 30}[switched], "")
		}, 5}, // the two tokens and the stream; the standby and the stream
		"stream_failover": {func(srv *emulator.Server, onAir, standby int64, switched bool) string {
			order := []int64{onAir, standby}
			if switched {
				slices.Reverse(order)
			}
			return failoverConfig(srv, order, "")
		}, 5}, // the two tokens and the stream; the standby and the stream
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t)
			onAir, standby := mainToken(srv, "on air", new(int32(20))), mainToken(srv, "standby", new(int32(10)))
			encode(srv, onAir)
			encode(srv, standby)
			testStreamPriority(t,
				resource.TestStep{Config: test.config(srv, onAir, standby, false)},
				resource.TestStep{PreConfig: srv.ResetRequests, Config: test.config(srv, onAir, standby, true), Check: wantCalls(srv, 1)},
			)
			if calls := callsBefore(srv, reprioritize); len(calls) == 0 || len(calls) > test.most {
				t.Errorf("%d calls, want at most %d: %v", len(calls), test.most, calls)
			}
		})
	}
}
