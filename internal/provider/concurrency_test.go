package provider

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// Terraform has one provider do many things at once. None may hold up another
// for good, take another's token, or leave a goroutine behind.
//
//nolint:paralleltest // it looks for goroutines, and other tests have their own
func TestConcurrency(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for _, n := range []int{10, 100} {
		t.Run(fmt.Sprint(n), func(t *testing.T) { liveTogether(t, n) })
	}
	goleak.VerifyNone(t, before)
}

// liveTogether runs the lives of n tokens, and as many switches of two streams,
// through one provider, while the API is having a bad day.
func liveTogether(t *testing.T, n int) {
	srv := emulator.Start(t, emulator.WithSwitchoverDelay(0), emulator.WithoutResponseChecks())
	c := newProtocolClient(t, providerConfig(srv))
	var ids []int64
	for i := range max(n/5, 4) {
		stream := fmt.Sprintf("stream-%d", i%2)
		id := srv.CreateToken(emulator.TokenSeed{Label: "live", Streams: []emulator.Stream{{Name: stream}}, Priority: new(int32(i))})
		srv.StartEncoder(emulator.Encoder{TokenID: id, Stream: stream, ReconnectAfter: time.Millisecond})
		ids = append(ids, id)
	}
	for _, fault := range []emulator.Fault{
		{Method: "POST", Route: createRoute, Call: 3, Times: 2, Kind: emulator.FaultDropAfter},
		{Method: "GET", Call: 20, Kind: emulator.FaultStatus, Status: 429, RetryAfter: "0"},
		{Method: "PUT", Call: 2, Times: 2, Kind: emulator.FaultTruncate},
	} {
		srv.Inject(fault)
	}

	var work sync.WaitGroup
	for i := range n {
		work.Go(func() {
			// Labels are alike for some.
			config := publishTokenValues(values{"label": fmt.Sprint("token ", i/3), "streams": []any{values{"stream_name": "idle"}}})
			token := c.create(publishTokenType, config)
			config["record"] = true
			token = c.update(publishTokenType, token, config)
			token = settled(t, c, token, config)
			if gone, diags := c.apply(publishTokenType, c.plan(publishTokenType, token, nil)); gone != nil || len(diags) != 0 {
				t.Errorf("deleting: %v", diags)
			}
		})
	}
	for i, id := range ids {
		work.Go(func() {
			config := values{"token_id": id, "priority": 1000 + i}
			if i%3 == 0 {
				_, _ = c.readData("millicast_stream_primary", values{"stream_name": "stream-0"})
			}
			c.create(streamPriorityType, config)
		})
	}
	work.Wait()
	if left := len(srv.Tokens()); left != len(ids) {
		t.Errorf("%d tokens are left, want %d", left, len(ids))
	}
	for _, stream := range []string{"stream-0", "stream-1"} {
		if most := srv.MaxAway(stream); most > 1 {
			t.Errorf("%d encoders of %s were away at once", most, stream)
		}
	}
}
