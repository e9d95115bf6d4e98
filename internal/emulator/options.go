package emulator

import (
	"net/http"
	"time"
)

// Option sets up a [Server].
type Option func(*Server)

// WithSecret sets the API secret that calls have to bear. The default is
// "emulator-secret".
func WithSecret(secret string) Option { return func(s *Server) { s.secret = secret } }

// WithAccount sets the account id, the first part of a stream id. The default
// is "Abcde0".
func WithAccount(account string) Option { return func(s *Server) { s.world.account = account } }

// WithSwitchoverDelay sets how long viewers have no picture when they are moved
// from a lost feed to the next one. The default is 500 ms; the API's is not known.
func WithSwitchoverDelay(d time.Duration) Option {
	return func(s *Server) { s.world.switchover = max(d, 0) }
}

// WithLatency has every call take at least d of real time.
func WithLatency(d time.Duration) Option { return func(s *Server) { s.latency = d } }

// WithoutLiveMonitoring switches the account feature LiveMonitoring off.
func WithoutLiveMonitoring() Option {
	return func(s *Server) { s.world.monitoringOff = s.monitoringStatus }
}

// WithMonitoringOffStatus sets what the monitoring routes answer while the
// feature is off. The default is 403; the API's is not known.
func WithMonitoringOffStatus(status int) Option {
	return func(s *Server) {
		s.monitoringStatus = status
		if s.world.monitoringOff != 0 {
			s.world.monitoringOff = status
		}
	}
}

// WithNulls has unset properties and empty lists answered as null. Otherwise
// unset properties are left out.
func WithNulls() Option { return func(s *Server) { s.world.shape.nulls = true } }

// WithUnknownProperties adds a property that is not described to every object
// of an answer.
func WithUnknownProperties() Option { return func(s *Server) { s.world.shape.unknown = true } }

// WithShuffledLists answers lists that stand for sets in the reverse of the
// order that was sent. Restreams keep their order.
func WithShuffledLists() Option { return func(s *Server) { s.world.shape.shuffled = true } }

// WithDefaultCluster sets the account's default cluster. The default is "auto".
func WithDefaultCluster(id string) Option { return func(s *Server) { s.world.defaultCluster = id } }

// WithDefaults changes what a new token starts from, before what the create
// sends is applied. The API's defaults have changed before.
func WithDefaults(change func(*Token)) Option {
	return func(s *Server) { s.world.defaults = append(s.world.defaults, change) }
}

// WithClock sets the clock of the broadcast. The default is [time.Now].
func WithClock(now func() time.Time) Option { return func(s *Server) { s.clock = now } }

// WithSeed has the server begin with the tokens and encoders of a seed.
func WithSeed(seed Seed) Option { return func(s *Server) { s.seeds = append(s.seeds, seed) } }

// WithResponseChecks has the server check its own answers against its
// description, and record a violation for one that does not fit. [Start] does so
// unless [WithoutResponseChecks] is given.
func WithResponseChecks() Option { return func(s *Server) { s.checksAnswers = true } }

// WithoutResponseChecks undoes [WithResponseChecks]. Benchmarks need it: checking
// takes longer than answering.
func WithoutResponseChecks() Option { return func(s *Server) { s.checksAnswers = false } }

// defaultMonitoringStatus is the answer of an account without LiveMonitoring.
const defaultMonitoringStatus = http.StatusForbidden
