package millicast

import (
	"context"
	"fmt"
	"testing"
)

func stop(ctx context.Context, c *Client) error {
	_, err := c.Streams.Stop(ctx, "acc/main")
	return err
}

func getMain(ctx context.Context, c *Client) error {
	_, err := c.Streams.Get(ctx, "main")
	return err
}

func listLive(ctx context.Context, c *Client) error {
	for _, err := range c.Streams.ListLive(ctx) {
		return err
	}
	return nil
}

func listTokens(ctx context.Context, c *Client) error {
	for _, err := range c.PublishTokens.List(ctx) {
		return err
	}
	return nil
}

func create(ctx context.Context, c *Client) error {
	_, err := c.PublishTokens.Create(ctx, PublishTokenCreate{Label: "studio"})
	return err
}

func TestIsGone(t *testing.T) {
	t.Parallel()
	fail := func(data string) string { return `{"status":"fail","data":` + data + `}` }
	about := func(sentence string) string { return fail(`{"tokenId":"` + sentence + `"}`) }
	oneToken := []callFunc{get7, read7, put7, delete7, reprioritize7}
	oneStream := []callFunc{getMain, stop}
	for _, test := range []struct {
		name   string
		status int
		body   string
		calls  []callFunc
		gone   bool
	}{
		{"sentence", 400, noToken7, oneToken, true},
		{"sentence in a list", 400, fail(`{"errors":{"tokenId":["No publish token with id: 7"]},"message":"Validation errors"}`), oneToken, true},
		{"other sentence", 400, about("Invalid TokenId (7) for AccountId (200)"), oneToken, true},
		{"other token", 400, about("No publish token with id: 77"), oneToken, false},
		{"other token, longer", 400, about("Invalid TokenId (17) for AccountId (7)"), oneToken, false},
		{"no token", 400, about("No publish token with id: "), oneToken, false},
		{"within more", 400, about("Not said: No publish token with id: 7"), oneToken, false},
		{"with more", 400, about("No publish token with id: 7 is active"), oneToken, false},
		{"status error", 400, `{"status":"error","message":"No publish token with id: 7"}`, oneToken, false},
		{"no envelope", 400, `No publish token with id: 7`, oneToken, false},
		{"with 200", 200, noToken7, oneToken, false},
		{"with 500", 500, noToken7, oneToken, false},
		{"with 403", 403, noToken7, oneToken, false},
		{"other refusal", 400, fail(`{"label":"too long"}`), oneToken, false},
		{"nothing said", 400, "", oneToken, false},
		{"plain 404", 404, "", oneToken, true},
		{"404 with JSON", 404, `{"status":"error","message":"Not Found","code":404}`, oneToken, true},
		{"404 with text", 404, "404 page not found", oneToken, true},
		{"404 of a proxy", 404, "<html><title>404 Not Found</title></html>", oneToken, false},
		{"410", 410, "", oneToken, false},
		{"sentence for a stream", 400, fail(`{"message":"Stream name main not found"}`), oneStream, true},
		{"whole stream id", 400, fail(`{"message":"Stream name acc/main not found"}`), []callFunc{stop}, true},
		{"whole stream id", 400, fail(`{"message":"Stream name acc/main not found"}`), []callFunc{getMain}, false},
		{"other stream", 400, fail(`{"message":"Stream name mai not found"}`), oneStream, false},
		{"stream of a token", 400, fail(`{"message":"Stream name main not found"}`), oneToken, false},
		{"plain 404", 404, "", []callFunc{stop}, true},
		{"plain 404", 404, "", []callFunc{getMain, listLive, listTokens, create, disable7}, false},
		{"sentence", 400, noToken7, []callFunc{listTokens, create, disable7, getMain}, false},
	} {
		for i, call := range test.calls {
			t.Run(fmt.Sprint(test.name, " ", i), func(t *testing.T) {
				t.Parallel()
				err := call(t.Context(), serve(t, reply(test.status, test.body), WithMaxRetries(0)))
				if err == nil || IsGone(err) != test.gone || IsGone(fmt.Errorf("wrapped: %w", err)) != test.gone {
					t.Errorf("IsGone is %v, want %v: %v", IsGone(err), test.gone, err)
				}
			})
		}
	}
}

func TestIsRefused(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"status":"fail","data":{"label":"too long"}}`: true,
		`{"status":"fail"}`:                             true,
		noToken7:                                        false,
		`{"status":"error","message":"too long"}`:       false,
		`<html><title>Bad request</title></html>`:       false,
		``: false,
		`{"title":"label too long","status":"400"}`: false,
	} {
		err := put7(t.Context(), serve(t, reply(400, body)))
		if IsRefused(err) != want || IsUncertain(err) {
			t.Errorf("%s: IsRefused is %v: %v", body, !want, err)
		}
	}
	err := put7(t.Context(), serve(t, reply(200, `{"status":"fail","data":{"label":"too long"}}`)))
	if !IsRefused(err) || IsUncertain(err) {
		t.Errorf("fail with 200: %v", err)
	}
}

func TestIsNoLiveMonitoring(t *testing.T) {
	t.Parallel()
	const noMain = `{"status":"fail","data":{"message":"Stream name main not found"}}`
	for _, test := range []struct {
		status int
		body   string
		want   bool
	}{
		{400, `{"status":"fail","data":{"message":"LiveMonitoring is not enabled"}}`, true},
		{400, "", true},
		{402, busy, true},
		{403, busy, true},
		{404, "", true},
		{404, "<html>", true},
		{405, busy, true},
		{501, busy, true},
		{200, `{"status":"fail","data":{"message":"LiveMonitoring is not enabled"}}`, true},
		{401, busy, false},
		{408, busy, false},
		{425, busy, false},
		{429, busy, false},
		{500, busy, false},
		{503, busy, false},
		{302, "", false},
		{200, "<html>", false},
		{200, `{"status":"error","message":"oops"}`, false},
	} {
		c := serve(t, reply(test.status, test.body), WithMaxRetries(0))
		for _, call := range []callFunc{getMain, listLive} {
			if err := call(t.Context(), c); err == nil || IsNoLiveMonitoring(err) != test.want || IsGone(err) {
				t.Errorf("%d %s: IsNoLiveMonitoring is %v: %v", test.status, test.body, !test.want, err)
			}
		}
		for _, call := range []callFunc{get7, stop, listTokens} {
			if err := call(t.Context(), c); IsNoLiveMonitoring(err) {
				t.Errorf("%d %s: IsNoLiveMonitoring is true: %v", test.status, test.body, err)
			}
		}
	}
	if err := getMain(t.Context(), serve(t, reply(400, noMain))); IsNoLiveMonitoring(err) || !IsGone(err) {
		t.Errorf("a missing stream: %v", err)
	}
}
