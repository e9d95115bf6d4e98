package publish

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Argument names what a function was given.
type Argument string

// The arguments of the functions.
const (
	Account Argument = "account"
	Host    Argument = "host"
	Stream  Argument = "stream"
	Token   Argument = "token"
)

// ArgumentError says which argument is wrong, and why. It never contains the
// argument, which may be a secret.
type ArgumentError struct {
	Argument Argument
	Problem  string // as the end of a sentence that begins with the argument
}

func (e *ArgumentError) Error() string { return string(e.Argument) + " " + e.Problem }

// maxStreamLength is the API's limit for the name of a stream.
const maxStreamLength = 128

// separators have a meaning of their own in an address, also where a stream's
// name can't be escaped. A name with one could bring a priority= in.
const separators = "/?&#"

func checkStream(stream string) error {
	switch n := utf8.RuneCountInString(stream); {
	case n == 0:
		return &ArgumentError{Stream, "is empty"}
	case n > maxStreamLength:
		return &ArgumentError{Stream, "has more than 128 characters"}
	case !printable(stream):
		return &ArgumentError{Stream, "contains a control character or one that is not UTF-8"}
	case strings.ContainsAny(stream, separators):
		return &ArgumentError{Stream, "contains one of " + separators + ", which divide an address. Give the name alone, without an account or parameters"}
	}
	return nil
}

func checkAccount(account string) error {
	if account == "" || !printable(account) || strings.ContainsAny(account, separators+" ") {
		return &ArgumentError{Account, "is not an account id, such as Abcde0"}
	}
	return nil
}

// checkHost takes host names of two labels or more, so that the id of a cluster
// is not taken for one.
func checkHost(host string) error {
	labels := strings.Split(host, ".")
	valid := len(labels) > 1 && len(host) <= 253
	for _, label := range labels {
		valid = valid && validLabel(label)
	}
	if !valid {
		return &ArgumentError{Host, "is not a host name. Give auto, or what the data source millicast_clusters says for the cluster, " +
			"such as rtmp-phx-1.millicast.com, without a scheme, port or path"}
	}
	return nil
}

func validLabel(label string) bool {
	if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(label, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}
