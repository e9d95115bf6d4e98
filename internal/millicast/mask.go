package millicast

import (
	"cmp"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// mask replaces secrets in texts that people read.
type mask struct{ replacer *strings.Replacer }

// newMask hides each of secrets, as it is and as JSON, HTML and URLs write it.
// One of four characters or fewer is left: it would hide common words.
func newMask(secrets ...Secret) mask {
	var spellings []string
	for _, secret := range secrets {
		text := secret.Reveal()
		if len(text) <= 4 {
			continue
		}
		quoted, _ := json.Marshal(text) // a string always encodes
		spellings = append(spellings, text, strings.Trim(string(quoted), `"`),
			url.QueryEscape(text), url.PathEscape(text), html.EscapeString(text))
	}
	// Where one secret begins with another, the longer one has to win.
	slices.SortFunc(spellings, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	var pairs []string
	for _, spelling := range slices.Compact(spellings) {
		pairs = append(pairs, spelling, masked)
	}
	return mask{strings.NewReplacer(pairs...)}
}

// line returns text on one line without secrets and unprintable characters, cut
// to about limit characters.
func (m mask) line(text string, limit int) string {
	text = m.replacer.Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsPrint(r):
			return -1
		default:
			return r
		}
	}, text)
	// Once more: what was between the parts of a secret may be gone now.
	text = m.replacer.Replace(strings.Join(strings.Fields(text), " "))
	if runes := []rune(text); len(runes) > limit {
		text = string(runes[:limit]) + "…"
	}
	return text
}

// mask hides the client's secret and those of the request.
func (e *exchange) mask() mask {
	return newMask(append(e.call.secrets(), e.transport.secret())...)
}
