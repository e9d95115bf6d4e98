package provider

import (
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// What the guide on breaking glass says: after a switch by the action, or by a
// bare call, the configuration is back in step once it says what is true now.
// Nothing is disconnected for that.
func TestBreakGlass_backInStep(t *testing.T) {
	t.Parallel()
	for way, raise := range map[string]func(t *testing.T, srv *emulator.Server, c *protocolClient, token int64){
		"by the action": func(_ *testing.T, _ *emulator.Server, c *protocolClient, token int64) {
			_, diags := c.invoke(reprioritizeAction, values{"token_id": token, "priority": 100})
			c.mustBeEmpty("invoking", diags)
		},
		"by a bare call": func(t *testing.T, srv *emulator.Server, _ *protocolClient, token int64) {
			client, err := millicast.New(srv.Secret(), millicast.WithBaseURL(srv.URL()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Streams.Reprioritize(t.Context(), token, 100); err != nil {
				t.Fatal(err)
			}
			waitUntilLive(t, srv, 2)
		},
	} {
		for name, test := range map[string]struct {
			typeName      string
			imported      bool // the resource is the token itself
			before, after func(primary, standby int64) values
		}{
			"the order of a failover": {
				streamFailover, false,
				func(primary, standby int64) values {
					return values{"stream_name": mainStream, "token_ids": []any{primary, standby}}
				},
				func(primary, standby int64) values {
					return values{"stream_name": mainStream, "token_ids": []any{standby, primary}}
				},
			},
			"a stream priority": {
				streamPriority, false,
				func(_, standby int64) values { return values{"token_id": standby, "priority": 10} },
				func(_, standby int64) values { return values{"token_id": standby, "priority": 100} },
			},
			"the priority of a token": {
				publishTokenType, true,
				func(_, _ int64) values { return standbyToken(10) },
				func(_, _ int64) values { return standbyToken(100) },
			},
		} {
			t.Run(name+"/"+way, func(t *testing.T) {
				t.Parallel()
				srv := emulator.Start(t)
				primary, standby := primaryAndStandby(srv)
				c := newProtocolClient(t, singleReads(srv))
				var state *instance
				if test.imported {
					state, _ = c.importByID(test.typeName, number64(standby))
				} else {
					state = c.create(test.typeName, test.before(primary, standby))
				}

				raise(t, srv, newProtocolClient(t, singleReads(srv)), standby)
				calls := reprioritizations(srv)
				c = newProtocolClient(t, singleReads(srv))
				state, diags := c.read(test.typeName, state)
				c.mustBeEmpty("refreshing", diags)
				if plan := c.plan(test.typeName, state, test.before(primary, standby)); plan.noop || len(plan.diagnostics) == 0 {
					t.Errorf("the former configuration does not say that it switches back: %v", plan.diagnostics)
				}

				c = newProtocolClient(t, singleReads(srv))
				plan := c.plan(test.typeName, state, test.after(primary, standby))
				c.mustBeEmpty("planning what is true now", plan.diagnostics)
				if _, diags := c.apply(test.typeName, plan); len(diags) != 0 || reprioritizations(srv) != calls {
					t.Errorf("%d calls more, %v", reprioritizations(srv)-calls, diags)
				}
			})
		}
	}
}

// standbyToken is the configuration of the token that primaryAndStandby has made.
func standbyToken(priority int) values {
	return values{"label": "main phx", "streams": []any{values{"stream_name": mainStream}}, "priority": priority}
}
