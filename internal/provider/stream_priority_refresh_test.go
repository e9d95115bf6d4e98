package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// A plan of many streams reads what is live in a handful of calls, whether the
// streams are live or not.
func TestAccStreamPriority_refreshOfManyStreamsTakesFewCalls(t *testing.T) {
	t.Parallel()
	for name, live := range map[string]int{"all live": 100, "none live": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := emulator.Start(t, emulator.WithoutResponseChecks())
			var ids []string
			for i := range 100 {
				stream := fmt.Sprintf("stream-%03d", i)
				id := srv.CreateToken(emulator.TokenSeed{Label: stream, Priority: new(int32(10)), Streams: []emulator.Stream{{Name: stream}}})
				ids = append(ids, fmt.Sprint(id))
				if i < live {
					srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: stream})
				}
			}
			config := providerBlock(srv) + fmt.Sprintf(`
resource "millicast_stream_priority" "test" {
  count    = 100
  token_id = [%s][count.index]
  priority = 10
}
`, strings.Join(ids, ", "))

			testStreamPriority(t,
				resource.TestStep{Config: config},
				resource.TestStep{PreConfig: srv.ResetRequests, Config: config, PlanOnly: true},
				resource.TestStep{PreConfig: func() { fewStatusCalls(t, srv) }, Config: config, PlanOnly: true},
			)
		})
	}
}

// fewStatusCalls checks the calls of the runs since the last reset.
func fewStatusCalls(t *testing.T, srv *emulator.Server) {
	t.Helper()
	runs := srv.Count("GET", "/api/cluster") // Each run begins with it.
	singles, lists := srv.Count("GET", "/api/monitoring/streams/{streamName}"), srv.Count("GET", "/api/monitoring/streams")
	t.Logf("%d runs: %d calls for a stream, %d for the list of streams, %d in all", runs, singles, lists, srv.Count("", ""))
	if runs == 0 || singles+lists > 15*runs || lists > singles {
		t.Errorf("%d runs took %d calls for a stream and %d for the list of streams", runs, singles, lists)
	}
}
