// Package emulator is the other side of the Millicast API: it keeps publish
// tokens and clusters, simulates the encoders, feeds and viewers behind them,
// and answers the API's calls over HTTP.
//
// It runs in process, for tests (see [Start]), and as the program in
// cmd/millicast-emulator, which a user can point the provider at to try modules
// offline.
//
// # What it is strict about
//
// Every request is validated against the OpenAPI description in openapi.yaml.
// Unknown routes, query parameters and JSON properties are refused and
// recorded as violations, which fail the test of a server made by [Start].
// With [WithResponseChecks] its own answers are held to the description too.
//
// # Time
//
// Broadcasts are simulated as discrete events. There are no timers: before each
// call and each accessor the events that have come due are processed in order,
// each at its scheduled instant. So a [Timeline] is exact to the instant that
// something was due, however rarely anybody looks, and a test with its own
// clock (see [WithClock]) is deterministic. Only [WithLatency] and the delays
// of faults take real time.
//
// # What it does not simulate
//
// Media, subscribing, and who may publish from where: origins, IP addresses and
// countries are stored and checked for form only. That all publishers of a stream
// need the same geo cascade is not enforced. Regular expressions of stream names
// are those of Go.
package emulator
