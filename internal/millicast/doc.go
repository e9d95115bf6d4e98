// Package millicast is a typed client of the Millicast streaming API: publish
// tokens, streams and clusters.
//
//	client, err := millicast.New(secret)
//	token, err := client.PublishTokens.Get(ctx, 7)
//	level, err := client.Streams.Reprioritize(ctx, token.ID, 20)
//
// # Errors
//
// Every call that fails returns an [*Error]. It holds all that the API said,
// with secrets masked. Ask for its kind with [IsGone], [IsUnauthorized],
// [IsRefused], [IsUncertain] and [IsNoLiveMonitoring].
//
// # Retries
//
// One call is at most 1 + [WithMaxRetries] attempts, each of at most
// [WithRequestTimeout], answer included. What is attempted again:
//
//	answer                        GET PUT DELETE PATCH   POST
//	429                           yes                    yes
//	502, 503, 504                 yes                    no
//	no connection was made        yes                    yes
//	connection or answer broke    yes                    no
//	attempt timed out             yes                    no
//	bad TLS certificate           no                     no
//	redirect                      no                     no
//	answer beyond 16 MiB          no                     no
//	anything else                 no                     no
//
// So a POST is sent again only where it is certain that the API has done
// nothing, because some of them disconnect live broadcasts. The wait between
// attempts doubles, is drawn at random and heeds Retry-After. After a 429 all
// calls of the Client pause. A wait that would outlast the caller's deadline is
// not begun: the call ends at once with the API's answer.
package millicast
