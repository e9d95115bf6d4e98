package millicast

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// pageSize is the most that the API allows for a page.
const pageSize = 100

// listed is an element of a list. Its key is unique in the list; "" is none.
type listed interface{ key() string }

// pages yields the elements of a list, page by page. An empty page is the end;
// a short one is not, because the API does not say so. An element that a change
// of the list meanwhile moved to the next page is yielded once.
func pages[T listed](ctx context.Context, c *Client, route string, query url.Values) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := map[string]bool{}
		var previous []string
		for number := 1; ; number++ {
			elements, err := page[T](ctx, c, route, query, number)
			if err == nil && number > 1 && len(elements) > 0 && slices.Equal(keys(elements), previous) {
				err = &Error{
					Method: http.MethodGet, Route: route, Status: http.StatusOK, Attempts: 1,
					Err: errors.New("page " + strconv.Itoa(number) + " of the list repeats the one before"),
				}
			}
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
			if len(elements) == 0 {
				return
			}
			previous = keys(elements)
			for i, element := range elements {
				if key := previous[i]; key != "" {
					if seen[key] {
						continue
					}
					seen[key] = true
				}
				if !yield(element, nil) {
					return
				}
			}
		}
	}
}

// page reads one page of a list. Pages count from 1.
func page[T any](ctx context.Context, c *Client, route string, query url.Values, number int) ([]T, error) {
	paged := url.Values{"page": {strconv.Itoa(number)}, "itemsOnPage": {strconv.Itoa(pageSize)}}
	maps.Copy(paged, query)
	got, err := do[elements[T]](ctx, c, call{method: http.MethodGet, route: route, query: paged, optional: true})
	return got.list, err
}

func keys[T listed](elements []T) []string {
	keys := make([]string, len(elements))
	for i, element := range elements {
		keys[i] = element.key()
	}
	return keys
}

// elements decodes a page: an array, or an object that holds it as its data.
type elements[T any] struct{ list []T }

func (e *elements[T]) UnmarshalJSON(data []byte) error {
	if !bytes.HasPrefix(data, []byte("{")) {
		return json.Unmarshal(data, &e.list)
	}
	var paginated struct {
		Data []T `json:"data"`
	}
	err := json.Unmarshal(data, &paginated)
	e.list = paginated.Data
	return err
}
