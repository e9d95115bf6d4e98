package provider

import (
	"time"

	"github.com/dlclark/regexp2"
)

// patternTimeout bounds a match: .NET's dialect backtracks, and a pattern can
// come from anybody who has an account.
const patternTimeout = 100 * time.Millisecond

// compilePattern compiles the regular expression of a stream in the dialect of
// the API.
func compilePattern(pattern string) (*regexp2.Regexp, error) {
	return regexp2.Compile(pattern, regexp2.None)
}

// patternFits reports whether the regular expression fits the whole name.
func patternFits(pattern, name string) (bool, error) {
	// Alone first: anchors could make a whole out of a pattern that is none.
	if _, err := compilePattern(pattern); err != nil {
		return false, err
	}
	whole, err := compilePattern(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return false, err
	}
	whole.MatchTimeout = patternTimeout
	return whole.MatchString(name)
}
