package emulator

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// Each operation of the description is answered, and nothing else is.
func TestDescription_fitsTheCalls(t *testing.T) {
	t.Parallel()
	var described []string
	for _, item := range description().Paths.Map() {
		for _, op := range item.Operations() {
			described = append(described, op.OperationID)
			if calls[op.OperationID] == nil {
				t.Errorf("%s is described and not answered", op.OperationID)
			}
		}
	}
	for id := range calls {
		if !slices.Contains(described, id) {
			t.Errorf("%s is answered and not described", id)
		}
	}
}

// The description is enforced: an answer outside it is reported.
func TestCheckAnswer_reportsWhatIsNotDescribed(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status int
		body   string
		want   string // "": fits
	}{
		"fits":              {200, `{"status":"success","data":{"defaultCluster":"auto"}}`, ""},
		"null where it may": {200, `{"status":"success","data":{"availableClusters":[{"id":"a","location":null}]}}`, ""},
		"an error":          {500, `{"status":"error","message":"m","code":500}`, ""},
		"undeclared key":    {200, `{"status":"success","data":{"defaultCluster":"auto","extra":1}}`, "extra"},
		"undeclared below":  {200, `{"status":"success","data":{"availableClusters":[{"id":"a","host":"b"}]}}`, "host"},
		"another type":      {200, `{"status":"success","data":{"defaultCluster":7}}`, "defaultCluster"},
		"null where it not": {200, `{"status":"success","data":{"defaultCluster":null}}`, "defaultCluster"},
		"another envelope":  {200, `{"status":"fine","data":{}}`, "status"},
		"no data":           {200, `{"status":"success"}`, "data"},
		"no JSON":           {200, `{`, "EOF"},
		"a bare error":      {403, `{"error":"m"}`, "message"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			op, ok := findOperation("/api/cluster", httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/cluster", nil))
			if !ok {
				t.Fatal("no such operation")
			}
			err := op.checkAnswer(c.status, http.Header{"Content-Type": {jsonType}}, []byte(c.body))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it fits, but: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want something about %q", err, c.want)
			}
		})
	}
}

// A server that checks its answers records the ones that do not fit.
func TestServer_recordsAnAnswerOutsideTheDescription(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		opt  Option
		want int
	}{
		"checked":   {WithResponseChecks(), 1},
		"unchecked": {WithoutResponseChecks(), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := New(c.opt)
			s.CreateToken(TokenSeed{}) // the label is fine; the stream name is not
			s.UpdateToken(firstTokenID, func(token *Token) { token.Streams = []Stream{{Name: ""}} })
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/publish_token/10001", nil)
			r.Header.Set("Authorization", "Bearer "+s.Secret())
			s.ServeHTTP(httptest.NewRecorder(), r)
			if got := s.Violations(); len(got) != c.want {
				t.Errorf("got %q, want %d", got, c.want)
			}
		})
	}
}

// The description is the caller's to change.
func TestDescription_isACopy(t *testing.T) {
	t.Parallel()
	Description()[0] = 'x'
	if Description()[0] == 'x' {
		t.Error("it is the original")
	}
}
