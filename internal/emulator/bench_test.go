package emulator_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// BenchmarkListTokens lists 10,000 tokens, a page of 100 at a time.
func BenchmarkListTokens(b *testing.B) {
	for name, opt := range map[string]emulator.Option{"unchecked": emulator.WithoutResponseChecks(), "checked": emulator.WithResponseChecks()} {
		b.Run(name, func(b *testing.B) {
			const count = 10_000
			s := emulator.New(opt)
			for i := range count {
				s.CreateToken(emulator.TokenSeed{Label: fmt.Sprint("token-", i), Streams: []emulator.Stream{{Name: "show"}}})
			}
			for b.Loop() {
				for page := range count / 100 {
					r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, fmt.Sprintf("/api/publish_token/list?page=%d&itemsOnPage=100", page+1), nil)
					r.Header.Set("Authorization", "Bearer "+s.Secret())
					w := httptest.NewRecorder()
					if s.ServeHTTP(w, r); w.Code != http.StatusOK {
						b.Fatal(w.Body)
					}
				}
			}
		})
	}
}
