package millicast

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// account is a transport that stands for an account's tokens. Its answers tell
// of the moment when the request came, and take some time to arrive.
type account struct {
	mu     sync.Mutex
	labels map[int64]string
	order  []int64 // as the list has them

	calls, gets, pages  int
	getTakes, pageTakes time.Duration
	pageStatus          int
	hangs               int64 // a token that the API takes 20 s to tell
}

func newAccount(size int) *account {
	a := &account{labels: map[int64]string{}, getTakes: 50 * time.Millisecond, pageTakes: 200 * time.Millisecond, pageStatus: 200}
	for id := range int64(size) {
		a.labels[id+1] = "v1"
		a.order = append(a.order, id+1)
	}
	return a
}

func (a *account) set(id int64, label string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.labels[id] = label
}

func (a *account) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	status, body, takes := a.answer(req)
	select {
	case <-time.After(takes):
		return says(status, body)(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}

func (a *account) answer(req *http.Request) (status int, body string, takes time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls++
	if req.URL.Path == tokenListRoute {
		a.pages++
		number, _ := strconv.Atoi(req.URL.Query().Get("page"))
		from := min((number-1)*pageSize, len(a.order))
		var tokens []string
		for _, id := range a.order[from:min(from+pageSize, len(a.order))] {
			tokens = append(tokens, a.token(id))
		}
		return a.pageStatus, `{"status":"success","data":[` + strings.Join(tokens, ",") + `]}`, a.pageTakes
	}
	if req.URL.Path == "/api/cluster" {
		a.gets++
		return 200, `{"status":"success","data":{"defaultCluster":"phx-1","availableClusters":[]}}`, a.getTakes
	}
	id := int64(7)
	if !strings.HasPrefix(req.URL.Path, "/api/stream/") && req.Method != http.MethodPatch {
		id, _ = strconv.ParseInt(req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:], 10, 64)
	}
	if _, ok := a.labels[id]; !ok {
		return 400, fmt.Sprintf(`{"status":"fail","data":{"tokenId":"No publish token with id: %d"}}`, id), a.getTakes
	}
	if req.Method == http.MethodGet {
		a.gets++
	} else {
		a.labels[id] = "written"
		if req.Method == http.MethodDelete {
			delete(a.labels, id)
			a.order = slices.DeleteFunc(a.order, func(other int64) bool { return other == id })
			return 200, `{"status":"success","data":true}`, a.getTakes
		}
	}
	if id == a.hangs {
		return 200, `{"status":"success","data":` + a.token(id) + `}`, 20 * time.Second
	}
	return 200, `{"status":"success","data":` + a.token(id) + `}`, a.getTakes
}

func (a *account) token(id int64) string {
	return fmt.Sprintf(`{"id":%d,"label":%q,"streams":[{"streamName":"s"}]}`, id, a.labels[id])
}

// readAll reads tokens with so many readers at the same time.
func readAll(t *testing.T, c *Client, ids []int64, readers int) {
	t.Helper()
	readAllWith(t, c, ids, readers, func(int64) {})
}

// readAllWith is readAll for readers that have other work before each read.
func readAllWith(t *testing.T, c *Client, ids []int64, readers int, work func(id int64)) {
	t.Helper()
	queue := make(chan int64)
	var group sync.WaitGroup
	for range readers {
		group.Go(func() {
			for id := range queue {
				work(id)
				if token, err := c.PublishTokens.Read(t.Context(), id); err != nil || token.ID != id {
					t.Errorf("token %d: got %d, %v", id, token.ID, err)
				}
			}
		})
	}
	for _, id := range ids {
		queue <- id
	}
	close(queue)
	group.Wait()
}
