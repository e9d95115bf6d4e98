package millicast

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pagesOf answers with pages of tokens, which are given by their ids. Beyond
// the last it answers with an empty page.
func pagesOf(pages ...[]int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(r.URL.Query().Get("page"))
		if err != nil || number < 1 || r.URL.Query().Get("itemsOnPage") != "100" {
			reply(400, `{"status":"fail","data":{"page":"bad"}}`)(w, r)
			return
		}
		var tokens []string
		if number <= len(pages) {
			for _, id := range pages[number-1] {
				tokens = append(tokens, fmt.Sprintf(`{"id":%d}`, id))
			}
		}
		reply(200, `{"status":"success","data":[`+strings.Join(tokens, ",")+`]}`)(w, r)
	}
}

func listIDs(t *testing.T, c *Client) (ids []int64, err error) {
	t.Helper()
	for token, err := range c.PublishTokens.List(t.Context()) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, token.ID)
	}
	return ids, nil
}

func TestPages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pages [][]int
		want  []int64
	}{
		"none":               {nil, nil},
		"one":                {[][]int{{1}}, []int64{1}},
		"a short page first": {[][]int{{1}, {2, 3}, {4}}, []int64{1, 2, 3, 4}},
		"moved to the next":  {[][]int{{1, 2}, {2, 3}, {3}}, []int64{1, 2, 3}},
	} {
		got, err := listIDs(t, serve(t, pagesOf(test.pages...)))
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, test.want)
		}
	}
}

func TestPages_stopWithTheCaller(t *testing.T) {
	t.Parallel()
	api := answers(says(200, `{"status":"success","data":[{"id":1},{"id":2}]}`))
	for token, err := range newTestClient(t, WithTransport(api)).PublishTokens.List(t.Context()) {
		if err != nil || token.ID != 1 {
			t.Errorf("got token %d, %v", token.ID, err)
		}
		break
	}
	if api.sent() != 1 {
		t.Errorf("%d requests, want 1", api.sent())
	}
}

func TestPages_anErrorIsTheLast(t *testing.T) {
	t.Parallel()
	api := answers(says(200, `{"status":"success","data":[{"id":1}]}`), says(500, busy))
	c := newTestClient(t, WithTransport(api))
	got, err := listIDs(t, c)
	if e := errorOf(t, err); len(got) != 1 || e.Status != 500 || e.Route != "/api/publish_token/list" {
		t.Errorf("got %v, %v", got, err)
	}
	errs := 0
	for _, err := range c.PublishTokens.List(t.Context()) {
		if err != nil {
			errs++
		}
	}
	if errs != 1 {
		t.Errorf("%d errors, want 1", errs)
	}
}

func TestPages_noticeThatTheyRepeat(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`[{"id":1},{"id":2}]`, `{"data":[{"streamId":"acc/a"}]}`} {
		api := answers(says(200, `{"status":"success","data":`+body+`}`))
		c := newTestClient(t, WithTransport(api))
		var err error
		if strings.HasPrefix(body, "[") {
			_, err = listIDs(t, c)
		} else {
			for _, err = range c.Streams.ListLive(t.Context()) {
			}
		}
		if e := errorOf(t, err); !strings.Contains(e.Error(), "page 2 of the list repeats the one before") || api.sent() != 2 {
			t.Errorf("got %v after %d requests", err, api.sent())
		}
	}
}

func TestPages_liveStreams(t *testing.T) {
	t.Parallel()
	for _, end := range []string{`{"data":[]}`, `{"data":null,"pagination":null}`, `{}`, `[]`, `null`} {
		api := answers(
			says(200, `{"status":"success","data":{"pagination":{"totalItems":2},"data":[{"streamId":"acc/a","live":true,"feeds":null}]}}`),
			says(200, `{"status":"success","data":{"data":[{"streamId":"acc/b","feeds":[{"tokenId":7,"active":true,"isRedundant":false}]}]}}`),
			says(200, `{"status":"success","data":`+end+`}`))
		var got []string
		for stream, err := range newTestClient(t, WithTransport(api)).Streams.ListLive(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, stream.StreamID)
		}
		if !slices.Equal(got, []string{"acc/a", "acc/b"}) || api.sent() != 3 {
			t.Errorf("%s: got %v after %d requests", end, got, api.sent())
		}
	}
}
