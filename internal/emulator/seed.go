package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Seed is what an account begins with.
type Seed struct {
	DefaultCluster string      `json:"defaultCluster"` // "": as the server is set up
	Tokens         []TokenSeed `json:"tokens"`
	Encoders       []Encoder   `json:"encoders"`
}

// ReadSeed reads a seed in JSON. Durations are strings such as "300ms".
// Properties that it does not know are an error.
func ReadSeed(r io.Reader) (Seed, error) {
	var seed Seed
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&seed); err != nil {
		return Seed{}, fmt.Errorf("reading the seed: %w", err)
	}
	return seed, nil
}

// Seed creates the tokens of a seed as by the dashboard and starts its encoders.
func (s *Server) Seed(seed Seed) {
	w := s.lock()
	defer s.mu.Unlock()
	if seed.DefaultCluster != "" {
		w.defaultCluster = seed.DefaultCluster
	}
	for _, token := range seed.Tokens {
		w.seedToken(token)
	}
	for _, encoder := range seed.Encoders {
		w.startEncoder(encoder)
	}
}

// encoderJSON is an [Encoder] in a seed.
type encoderJSON struct {
	TokenID         int64    `json:"tokenId,omitempty"`
	TokenLabel      string   `json:"tokenLabel,omitempty"`
	Stream          string   `json:"stream"`
	SourceID        string   `json:"sourceId,omitempty"`
	Cluster         string   `json:"cluster,omitempty"`
	Priority        *int32   `json:"priority,omitempty"`
	ConnectAfter    duration `json:"connectAfter,omitzero"`
	ReconnectAfter  duration `json:"reconnectAfter,omitzero"`
	NeverReconnects bool     `json:"neverReconnects,omitempty"`
	StaysStopped    bool     `json:"staysStopped,omitempty"`
}

// MarshalJSON writes the encoder as it stands in a seed.
func (e Encoder) MarshalJSON() ([]byte, error) {
	return json.Marshal(encoderJSON{
		e.TokenID, e.TokenLabel, e.Stream, e.SourceID, e.Cluster, e.Priority,
		duration(e.ConnectAfter), duration(e.ReconnectAfter), e.NeverReconnects, e.StaysStopped,
	})
}

// UnmarshalJSON reads the encoder as it stands in a seed.
func (e *Encoder) UnmarshalJSON(data []byte) error {
	var j encoderJSON
	// The strictness of a decoder does not reach this method by itself.
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&j); err != nil {
		return err
	}
	*e = Encoder{
		j.TokenID, j.TokenLabel, j.Stream, j.SourceID, j.Cluster, j.Priority,
		time.Duration(j.ConnectAfter), time.Duration(j.ReconnectAfter), j.NeverReconnects, j.StaysStopped,
	}
	return nil
}

// duration is a time.Duration that is written as "300ms".
type duration time.Duration

// MarshalText writes the duration.
func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads the duration.
func (d *duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	*d = duration(parsed)
	return err
}
