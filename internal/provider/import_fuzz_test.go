package provider

import (
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// FuzzImportID imports every resource by texts of any kind. What is imported is
// what the text names; else there is one error, fit to be printed, and nothing was
// sent that the API would not understand. Nothing is ever written.
func FuzzImportID(f *testing.F) {
	for _, id := range []string{
		"10001", "10002", "99", "0", "-1", "+10001", "010001", " 10001", "10001 ", "1e4", "0x2711", "9223372036854775808", "١٠٠٠١",
		"main", "Main", "main/", "ACCOUNT/main", "", ".", "..", "a/../b", "%2e%2e", "\x00", "\xff\xfe", "main\n", "日本", "10001,10002",
		strings.Repeat("a", 128), strings.Repeat("a", 129), strings.Repeat("日", 128),
	} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		srv := emulator.Start(t)
		srv.CreateToken(emulator.TokenSeed{Label: "studio", Streams: []emulator.Stream{{Name: "main"}}, Priority: new(int32(10))})
		c := newProtocolClient(t, providerConfig(srv))
		for typeName, attribute := range map[string]string{
			publishTokenType:            "id",
			streamPriorityType:          "token_id",
			"millicast_stream_failover": "stream_name",
		} {
			imported, diags := c.importByID(typeName, id)
			failed := diags.errors()
			switch {
			case imported == nil && len(failed) != 1:
				t.Errorf("%s %q: want one error, got %v", typeName, id, diags)
			case imported == nil && strings.ContainsFunc(failed.String(), func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }):
				t.Errorf("%s %q: not fit to be printed: %q", typeName, id, failed.String())
			case imported != nil && len(failed) != 0:
				t.Errorf("%s %q: imported, and %v", typeName, id, diags)
			case imported != nil:
				got := imported.attribute(attribute)
				if n, ok := got.(int64); ok {
					got = strconv.FormatInt(n, 10)
				}
				if got != id {
					t.Errorf("%s: imported %v for %q", typeName, got, id)
				}
			}
		}
		if writes := srv.Writes(); len(writes) != 0 {
			t.Errorf("%q: %v", id, writes)
		}
	})
}
