package emulator_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// control calls a control route and wants a status.
func control(t *testing.T, srv *emulator.Server, status int, method, path, body string, header http.Header) string {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:1234"
	for name, values := range header {
		if name == "Remote" {
			r.RemoteAddr = values[0]
			continue
		}
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	srv.Control().ServeHTTP(w, r)
	if w.Code != status {
		t.Fatalf("%s %s: status %d, want %d: %s", method, path, w.Code, status, w.Body)
	}
	return w.Body.String()
}

func TestControl(t *testing.T) {
	t.Parallel()
	a := open(t)
	a.token("main", show, nil)
	asJSON := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}}

	started := control(t, a.Server, 201, "POST", "/_emulator/encoders", `{"tokenLabel":"main","stream":"show","reconnectAfter":"1s"}`, asJSON)
	if !strings.Contains(started, `"live": true`) {
		t.Errorf("got %s", started)
	}
	a.at(1000)
	if got := control(t, a.Server, 200, "GET", "/_emulator/timeline", "", nil); !strings.Contains(got, "main (iad-1), 1000 ms") {
		t.Errorf("got %s", got)
	}
	var timelines []emulator.Timeline
	if err := json.Unmarshal([]byte(control(t, a.Server, 200, "GET", "/_emulator/timeline", "", asJSON)), &timelines); err != nil || len(timelines) != 1 || timelines[0].Spans[0].Label != "main" {
		t.Errorf("got %+v, %v", timelines, err)
	}
	control(t, a.Server, 200, "DELETE", "/_emulator/encoders/1", "", nil)
	var encoders []emulator.EncoderState
	if err := json.Unmarshal([]byte(control(t, a.Server, 200, "GET", "/_emulator/encoders", "", nil)), &encoders); err != nil || len(encoders) != 1 || encoders[0].Running || encoders[0].Encoder.Stream != show {
		t.Errorf("got %+v, %v", encoders, err)
	}

	a.call(200, "GET", "/api/cluster", nil)
	var requests []emulator.Request
	if err := json.Unmarshal([]byte(control(t, a.Server, 200, "GET", "/_emulator/requests", "", nil)), &requests); err != nil || len(requests) != 1 || requests[0].Route != "/api/cluster" {
		t.Errorf("got %+v, %v", requests, err)
	}
}

func TestControl_refuses(t *testing.T) {
	t.Parallel()
	a := open(t)
	asJSON := http.Header{"Content-Type": {"application/json"}}
	control(t, a.Server, 403, "GET", "/_emulator/requests", "", http.Header{"Remote": {"192.0.2.1:1234"}})
	control(t, a.Server, 415, "POST", "/_emulator/encoders", `{"tokenLabel":"main","stream":"show"}`, nil)
	control(t, a.Server, 400, "POST", "/_emulator/encoders", `{`, asJSON)
	control(t, a.Server, 400, "POST", "/_emulator/encoders", `{"stream":"show"}`, asJSON)
	control(t, a.Server, 404, "DELETE", "/_emulator/encoders/9", "", nil)
	control(t, a.Server, 404, "DELETE", "/_emulator/encoders/first", "", nil)
}

// The API has no control routes.
func TestControl_isNoPartOfTheAPI(t *testing.T) {
	t.Parallel()
	openUnchecked(t).call(404, "GET", "/_emulator/timeline", nil)
}
