// Package publish forms the addresses that encoders publish to and viewers
// watch. It is pure: strings in, strings out. No address has a priority= of its
// own, because a feed that brings one ignores the priority of its token.
package publish

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
)

const (
	whipEndpoint   = "https://director.millicast.com/api/whip/"
	viewerEndpoint = "https://viewer.millicast.com"

	rtmpPort = "1935"
	srtPort  = "10000"

	// AutoHost stands for the host that picks the cluster nearest to the encoder.
	AutoHost     = "auto"
	rtmpAutoHost = "rtmp-auto.millicast.com"
	srtAutoHost  = "srt-auto.millicast.com"
)

// WHIPURL returns where an encoder publishes a stream over WHIP. The bearer of
// the request is the token's secret.
func WHIPURL(stream string) (string, error) {
	if err := checkStream(stream); err != nil {
		return "", err
	}
	return whipEndpoint + url.PathEscape(stream), nil
}

// RTMPURL returns where an encoder publishes over RTMP, given a cluster's host
// or [AutoHost]. What it publishes is in the stream key: see [RTMPStreamKey].
func RTMPURL(host string) (string, error) {
	if host == AutoHost {
		host = rtmpAutoHost
	}
	if err := checkHost(host); err != nil {
		return "", err
	}
	return "rtmp://" + host + ":" + rtmpPort + "/v2/pub/", nil
}

// RTMPStreamKey returns the stream key that goes with [RTMPURL].
func RTMPStreamKey(stream, token string) (string, error) {
	if err := checkStream(stream); err != nil {
		return "", err
	}
	if _, err := secretBytes(token); err != nil {
		return "", err
	}
	return stream + "?token=" + token, nil
}

// SRTURL returns where an encoder publishes over SRT, given a cluster's host or
// [AutoHost]. The token's secret is in it, in a shorter form.
func SRTURL(host, stream, token string, encrypted bool) (string, error) {
	if host == AutoHost {
		host = srtAutoHost
	}
	if err := checkHost(host); err != nil {
		return "", err
	}
	if err := checkStream(stream); err != nil {
		return "", err
	}
	secret, err := secretBytes(token)
	if err != nil {
		return "", err
	}
	id := stream + "?t=" + base64.RawURLEncoding.EncodeToString(secret)
	if encrypted {
		id += "&e"
	}
	return "srt://" + host + ":" + srtPort + "?streamid=" + escapeQuery(id), nil
}

// ViewerURL returns where a browser plays a stream of an account.
func ViewerURL(account, stream string) (string, error) {
	if err := checkAccount(account); err != nil {
		return "", err
	}
	if err := checkStream(stream); err != nil {
		return "", err
	}
	return viewerEndpoint + "?streamId=" + escapeQuery(account) + "/" + escapeQuery(stream), nil
}

// secretBytes reads the secret of a token. Only lower case is taken, because
// that is what the short form of SRT stands for.
func secretBytes(token string) ([]byte, error) {
	secret, err := hex.DecodeString(token)
	if err != nil || len(secret) == 0 || token != strings.ToLower(token) {
		return nil, &ArgumentError{Argument: Token, Problem: "is not the secret of a publish token, which is an even number of digits 0-9 and a-f. " +
			"Take the attribute token of a publish token, not its id or its label"}
	}
	return secret, nil
}

// escapeQuery escapes a value of a query. A space becomes %20, not a plus sign:
// not every player or encoder reads that as a space.
func escapeQuery(value string) string {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}
