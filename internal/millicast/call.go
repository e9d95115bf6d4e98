package millicast

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Call is what [WithCallLogger] is told of one HTTP attempt. It never holds a
// body, a header, a query or a value of the path.
type Call struct {
	Method   string
	Route    string        // the path's template, such as "/api/publish_token/{tokenId}"
	Status   int           // 0: no answer
	Duration time.Duration // until the end of the answer
	Attempt  int           // from 1
	Err      string        // what went wrong short of an answer, secrets masked
}

// call is one request to make.
type call struct {
	method string
	route  string // with {name} for each of params that the path holds
	params params
	query  url.Values
	body   any

	// optional allows a success that carries no data.
	optional bool
}

// params name the one token or stream that a call is about. Those that the
// route names go into the path.
type params map[string]any

// do makes a call and decodes the data of its answer. Its errors are always
// an [*Error].
func do[T any](ctx context.Context, c *Client, k call) (T, error) {
	e := &exchange{transport: c.transport, call: k}
	body, err := e.run(ctx)
	if err != nil {
		var zero T
		return zero, err
	}
	data, err := decode[T](k, body)
	if err != nil {
		return data, e.unreadable(err)
	}
	return data, nil
}

// request builds the HTTP request's parts. The body is nil if there is none.
func (k call) request(baseURL string) (target string, body []byte, err error) {
	path := k.route
	for name, value := range k.params {
		text := fmt.Sprint(value)
		// These would make the path another route's.
		if text == "" || text == "." || text == ".." {
			return "", nil, fmt.Errorf("%s can't be %q", name, text)
		}
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(text))
	}
	target = baseURL + path
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	if k.body != nil {
		body, err = json.Marshal(k.body)
	}
	return target, body, err
}

// repeatable reports whether the API ends up the same if the call is carried
// out twice.
func (k call) repeatable() bool { return k.method != http.MethodPost }

// isMonitoring reports whether a route needs the account feature LiveMonitoring.
func isMonitoring(route string) bool { return strings.HasPrefix(route, "/api/monitoring/") }

// secretBearer is a request body that has secrets in it.
type secretBearer interface{ secrets() []Secret }

func (k call) secrets() []Secret {
	if body, ok := k.body.(secretBearer); ok {
		return body.secrets()
	}
	return nil
}
