package millicast

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"reflect"
	"testing"
)

// TestRequests holds every call to its method, path, query and body.
func TestRequests(t *testing.T) {
	t.Parallel()
	const (
		page1 = "itemsOnPage=100&page=1"
		order = "isDescending=false&"
	)
	for name, test := range map[string]struct {
		call   callFunc
		answer string
		target string // method and path, as it is sent
		query  string
		body   string
	}{
		"create": {
			call: func(ctx context.Context, c *Client) error {
				token, err := c.PublishTokens.Create(ctx, PublishTokenCreate{
					Label: "studio", Streams: []StreamName{{StreamName: ".*", IsRegex: true}},
					Expires: Set[int32](60), Record: Set(false), LowLatencyRTMP: Set(true), OriginCluster: Set(""),
					GeoCascade: Set(GeoCascade{IsEnabled: new(true), Clusters: []string{"all"}}),
					Restream:   Set([]Restream{{URL: "rtmp://example.com", Key: "restream-key", Label: new("one")}}),
					Priority:   Null[int32](),
				})
				return expect(err, token.ID, int64(7))
			},
			answer: `{"id":7}`, target: "POST /api/publish_token",
			body: `{"label":"studio","streams":[{"streamName":".*","isRegex":true}],"expires":60,"priority":null,
				"record":false,"lowLatencyRtmp":true,"originCluster":"","geoCascade":{"isEnabled":true,"clusters":["all"]},
				"restream":[{"label":"one","url":"rtmp://example.com","key":"restream-key"}]}`,
		},
		"get":  {call: get7, answer: `{"id":7}`, target: "GET /api/publish_token/7"},
		"read": {call: read7, answer: `{"id":7}`, target: "GET /api/publish_token/7"},
		"update": {
			call: put7, answer: `{"id":7}`, target: "PUT /api/v2/publish_token/7", body: `{"label":"studio"}`,
		},
		"delete": {call: delete7, answer: `true`, target: "DELETE /api/publish_token/7"},
		"list": {
			call:   emptyList((*PublishTokensClient).List),
			answer: `[]`, target: "GET /api/publish_token/list", query: order + page1 + "&sortBy=AddedOn",
		},
		"list by stream name": {
			call: emptyList(func(p *PublishTokensClient, ctx context.Context) tokenSeq { return p.ListByStreamName(ctx, "a&b/c") }), answer: `null`,
			target: "GET /api/publish_token/list_by_name", query: "filterBy=StreamName&" + order + "itemsOnPage=100&name=a%26b%2Fc&page=1&sortBy=AddedOn",
		},
		"list by label": {
			call: emptyList(func(p *PublishTokensClient, ctx context.Context) tokenSeq { return p.ListByLabel(ctx, "studio") }), answer: `[]`,
			target: "GET /api/publish_token/list_by_name", query: "filterBy=TokenName&" + order + "itemsOnPage=100&name=studio&page=1&sortBy=AddedOn",
		},
		"list by cluster": {
			call: emptyList(func(p *PublishTokensClient, ctx context.Context) tokenSeq { return p.ListByCluster(ctx, "phx-1") }), answer: `[]`,
			target: "GET /api/publish_token/list_by_cluster", query: "cluster=phx-1&" + order + page1 + "&sortBy=AddedOn",
		},
		"active ids": {
			call: func(ctx context.Context, c *Client) error {
				ids, err := c.PublishTokens.ActiveIDs(ctx)
				return expect(err, ids, []int64{3, 5})
			},
			answer: `{"tokenIds":[3,5]}`, target: "GET /api/publish_token/active/all",
		},
		"no active ids": {
			call: func(ctx context.Context, c *Client) error {
				ids, err := c.PublishTokens.ActiveIDs(ctx)
				return expect(err, len(ids), 0)
			},
			answer: `{"tokenIds":null}`, target: "GET /api/publish_token/active/all",
		},
		"active ids of a stream": {
			call: func(ctx context.Context, c *Client) error {
				ids, err := c.PublishTokens.ActiveIDsOfStream(ctx, "acc/main feed")
				return expect(err, ids, []int64{3})
			},
			answer: `{"tokenIds":[3]}`, target: "GET /api/publish_token/active", query: "streamId=acc%2Fmain+feed",
		},
		"disable": {
			call: func(ctx context.Context, c *Client) error {
				result, err := c.PublishTokens.Disable(ctx, 7, 8)
				return expect(err, result, DisableResult{SuccessfulTokens: []int64{7}, FailedTokens: []DisableFailed{{8, "no"}}})
			},
			answer: `{"successfulTokens":[7],"failedTokens":[{"tokenId":8,"errorMessage":"no"}]}`,
			target: "PATCH /api/publish_token/disable", body: `{"tokenIds":[7,8]}`,
		},
		"sync restream": {
			call:   func(ctx context.Context, c *Client) error { return c.PublishTokens.SyncRestream(ctx, 7) },
			answer: `true`, target: "POST /api/publish_token/7/restream/sync",
		},
		"stream": {
			call: func(ctx context.Context, c *Client) error {
				stream, err := c.Streams.Get(ctx, "a/b c?é")
				return expect(err, stream.Feeds[0].Priority, new(int32(-5)))
			},
			answer: `{"streamName":"a/b c?é","feeds":[{"tokenId":7,"priority":-5}]}`,
			target: "GET /api/monitoring/streams/a%2Fb%20c%3F%C3%A9",
		},
		"live streams": {
			call: func(ctx context.Context, c *Client) error {
				for _, err := range c.Streams.ListLive(ctx) {
					return err
				}
				return nil
			},
			answer: `{"pagination":{"totalItems":0},"data":[]}`,
			target: "GET /api/monitoring/streams", query: "isActive=true&isDescending=false&" + page1 + "&sortBy=StreamId",
		},
		"reprioritize": {
			call: func(ctx context.Context, c *Client) error {
				level, err := c.Streams.Reprioritize(ctx, 7, 0)
				return expect(err, level, StoppedToken)
			},
			answer: `{"stoppingLevel":"Token"}`, target: "POST /api/stream/reprioritize", body: `{"tokenId":7,"updatePriority":0}`,
		},
		"reprioritize with nothing live": {
			call: func(ctx context.Context, c *Client) error {
				level, err := c.Streams.Reprioritize(ctx, 7, -2147483648)
				return expect(err, level, StoppedNone)
			},
			answer: `{"stoppingLevel":null}`, target: "POST /api/stream/reprioritize", body: `{"tokenId":7,"updatePriority":-2147483648}`,
		},
		"stop": {
			call: func(ctx context.Context, c *Client) error {
				level, err := c.Streams.Stop(ctx, "acc/main")
				return expect(err, level, StoppedStream)
			},
			answer: `{"stoppingLevel":"Stream"}`, target: "POST /api/stream/stop", body: `{"streamId":"acc/main"}`,
		},
		"clusters": {
			call: func(ctx context.Context, c *Client) error {
				clusters, err := c.Clusters.Get(ctx)
				return expect(err, clusters, Clusters{DefaultCluster: "phx-1", AvailableClusters: []Cluster{{
					ID: "phx-1", Name: "Phoenix", RTMP: "rtmp.example.com", SRT: "srt.example.com",
					Location: &ClusterLocation{City: new("Phoenix")}, Features: &ClusterFeatures{Transcoding: true},
				}}})
			},
			answer: `{"defaultCluster":"phx-1","availableClusters":[{"id":"phx-1","name":"Phoenix","rtmp":"rtmp.example.com",
				"srt":"srt.example.com","location":{"city":"Phoenix","region":null},"features":{"transcoding":true},"new":1}]}`,
			target: "GET /api/cluster",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var target, query, body string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent, _ := io.ReadAll(r.Body)
				target, query, body = r.Method+" "+r.URL.EscapedPath(), r.URL.RawQuery, string(sent)
				_, _ = io.WriteString(w, `{"status":"success","data":`+test.answer+`}`)
			})
			if err := test.call(t.Context(), c); err != nil {
				t.Error(err)
			}
			if target != test.target || query != test.query || !sameJSON(body, test.body) {
				t.Errorf("sent\n%s ? %s\n%s\nwant\n%s ? %s\n%s", target, query, body, test.target, test.query, test.body)
			}
		})
	}
}

func TestRequests_refusesNamesThatAreOtherPaths(t *testing.T) {
	t.Parallel()
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent %s %s", r.Method, r.URL) })
	for _, name := range []string{"", ".", ".."} {
		_, err := c.Streams.Get(t.Context(), name)
		if e := errorOf(t, err); e.Attempts != 0 || IsGone(e) || IsUncertain(e) {
			t.Errorf("%q: got %v", name, e)
		}
	}
}

type tokenSeq = iter.Seq2[PublishToken, error]

// expect returns err, or an error if got is not want.
func expect(err error, got, want any) error {
	if err == nil && !reflect.DeepEqual(got, want) {
		err = fmt.Errorf("got %#v, want %#v", got, want)
	}
	return err
}

// emptyList makes a call of a list that is to be empty.
func emptyList(list func(*PublishTokensClient, context.Context) tokenSeq) callFunc {
	return func(ctx context.Context, c *Client) error {
		for token, err := range list(c.PublishTokens, ctx) {
			return expect(err, token, nil)
		}
		return nil
	}
}

func read7(ctx context.Context, c *Client) error {
	_, err := c.PublishTokens.Read(ctx, 7)
	return err
}

func sameJSON(a, b string) bool {
	if a == "" || b == "" {
		return a == b
	}
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}
