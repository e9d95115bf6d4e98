package emulator_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// labels returns the labels in a list of tokens.
func labels(r reply) []string {
	found := []string{}
	for _, item := range r.list() {
		token, _ := item.(map[string]any)
		label, _ := token["label"].(string)
		found = append(found, label)
	}
	return found
}

// The list is paged from 1, and an empty page is the end.
func TestListTokens_isPaged(t *testing.T) {
	t.Parallel()
	a := open(t)
	for i := range 5 {
		a.token(fmt.Sprint("token-", i), show, nil)
	}
	for page, want := range map[int][]string{
		1:          {"token-0", "token-1"},
		2:          {"token-2", "token-3"},
		3:          {"token-4"},
		4:          {},
		2147483647: {},
	} {
		got := labels(a.call(200, "GET", fmt.Sprintf("%s/list?page=%d&itemsOnPage=2", tokens, page), nil))
		if !slices.Equal(got, want) {
			t.Errorf("page %d is %v, want %v", page, got, want)
		}
	}
}

// page and itemsOnPage are both required; itemsOnPage goes up to 100.
func TestListTokens_isStrictAboutPages(t *testing.T) {
	t.Parallel()
	a := open(t)
	for _, path := range []string{"/list?", "/list_by_name?name=a&", "/list_by_cluster?cluster=fra-1&"} {
		for _, query := range []string{"", "page=1", "itemsOnPage=10", "page=0&itemsOnPage=10", "page=1&itemsOnPage=101", "page=1&itemsOnPage=0", "page=x&itemsOnPage=10", "page=2147483648&itemsOnPage=10"} {
			a.call(400, "GET", tokens+path+query, nil)
		}
	}
}

func TestListTokens_sorts(t *testing.T) {
	t.Parallel()
	a := open(t)
	for i, label := range []string{"b", "c", "a"} {
		a.at(1000 * i)
		a.token(label, show, nil)
	}
	for query, want := range map[string][]string{
		"":                                  {"a", "b", "c"},
		"&isDescending=true":                {"c", "b", "a"},
		"&sortBy=AddedOn":                   {"b", "c", "a"},
		"&sortBy=AddedOn&isDescending=true": {"a", "c", "b"},
		"&sortBy=Name&isDescending=false":   {"a", "b", "c"},
	} {
		if got := labels(a.call(200, "GET", tokens+"/list"+page1+query, nil)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", query, got, want)
		}
	}
	a.call(400, "GET", tokens+"/list"+page1+"&sortBy=Priority", nil)
}

// list_by_name leaves out every token that has a regex stream, and may match parts.
func TestListTokensByName_filters(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.token("main", "Show", nil)
	a.token("showroom", "other", nil)
	a.token("other", "slideshow", nil)
	a.CreateToken(emulator.TokenSeed{Label: "show-regex", Streams: []emulator.Stream{{Name: "show"}, {Name: "cam.*", IsRegex: true}}})
	for filter, want := range map[string][]string{
		"":                            {"main", "other", "showroom"},
		"&filterBy=TokenOrStreamName": {"main", "other", "showroom"},
		"&filterBy=StreamName":        {"main", "other"},
		"&filterBy=TokenName":         {"showroom"},
		"&filterBy=None":              {"main", "other", "showroom"},
	} {
		got := labels(a.call(200, "GET", tokens+"/list_by_name"+page1+"&name=show"+filter, nil))
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", filter, got, want)
		}
	}
	if got := labels(a.call(200, "GET", tokens+"/list_by_name"+page1+"&name=", nil)); len(got) != 3 {
		t.Errorf("an empty name matches %v", got)
	}
	a.call(400, "GET", tokens+"/list_by_name"+page1, nil)
}

func TestListTokensByCluster_usesTheClusterInForce(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithDefaultCluster("fra-1"))
	a.token("default", show, nil)
	a.CreateToken(emulator.TokenSeed{Label: "own", Streams: []emulator.Stream{{Name: show}}, OriginCluster: "lon-1"})
	for cluster, want := range map[string][]string{"fra-1": {"default"}, "lon-1": {"own"}, "phx-1": {}} {
		if got := labels(a.call(200, "GET", tokens+"/list_by_cluster"+page1+"&cluster="+cluster, nil)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", cluster, got, want)
		}
	}
}

// active/all works for every account; active is about one stream.
func TestListActiveTokens(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithoutLiveMonitoring())
	one, two := a.token("one", "a/b", nil), a.token("two", show, nil)
	a.token("idle", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: two, Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: one, Stream: "a/b"})
	a.StartEncoder(emulator.Encoder{TokenID: one, Stream: "a/b", SourceID: "side"})
	for path, want := range map[string]string{
		"/active/all":                     fmt.Sprint([]any{one, two}),
		"/active?streamId=Abcde0/show":    fmt.Sprint([]any{two}),
		"/active?streamId=Abcde0%2Fa%2Fb": fmt.Sprint([]any{one}),
		"/active?streamId=Abcde0/none":    "[]",
		"/active?streamId=Other0/show":    "[]",
		"/active?streamId=show":           "[]",
	} {
		if got := fmt.Sprint(a.call(200, "GET", tokens+path, nil).data()["tokenIds"]); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	a.call(400, "GET", tokens+"/active", nil)
}
