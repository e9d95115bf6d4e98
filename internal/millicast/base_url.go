package millicast

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ValidateBaseURL returns an error that says what to change if baseURL can't
// be the API's base URL. It has to be an absolute https URL without user info,
// query and fragment; a path is fine. Because every request carries the API
// secret, plain http is for a loopback host only: 127.0.0.0/8, ::1, localhost.
func ValidateBaseURL(baseURL string) error {
	u, err := url.Parse(baseURL)
	switch {
	case err != nil:
		// The parser's error quotes the text, which may hold a password.
		return errors.New("the base URL is not a URL: write it like " + DefaultBaseURL)
	case u.User != nil:
		return errors.New("the base URL has a user name in it: remove everything up to the @")
	case u.RawQuery != "" || u.ForceQuery:
		return errors.New("the base URL has a query: remove the ? and what follows it")
	case u.Fragment != "" || strings.Contains(baseURL, "#"):
		return errors.New("the base URL has a fragment: remove the # and what follows it")
	case u.Scheme == "" || u.Hostname() == "":
		return fmt.Errorf("the base URL %q has no scheme or no host: write it like %s", baseURL, DefaultBaseURL)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return fmt.Errorf("the base URL %q would send the API secret unencrypted: write https; http is for a loopback address only", baseURL)
	case u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("the base URL %q has the scheme %q: write https", baseURL, u.Scheme)
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
