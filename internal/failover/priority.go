// Package failover thinks about redundant streams: which feed viewers get, and
// what they will see when a token is reprioritized. It is plain Go in and out:
// no clock, no I/O, nothing of Terraform or of the API client.
package failover

import (
	"cmp"
	"fmt"
	"strconv"
)

// Priority is the priority of a publish token or of a feed: an int32, or unset.
// Unset ranks below every number. The zero Priority is unset.
type Priority struct {
	number int32
	set    bool
}

// Number returns the priority n.
func Number(n int32) Priority { return Priority{number: n, set: true} }

// PriorityOf returns the priority that the API means by a nullable number.
func PriorityOf(n *int32) Priority {
	if n == nil {
		return Priority{}
	}
	return Number(*n)
}

// Get returns the number, and false if the priority is unset.
func (p Priority) Get() (int32, bool) { return p.number, p.set }

// Compare returns a negative number if p ranks below q, zero if they tie and a
// positive number if p ranks above q.
func (p Priority) Compare(q Priority) int {
	if p.set != q.set {
		if p.set {
			return 1
		}
		return -1
	}
	return cmp.Compare(p.number, q.number)
}

// String returns the number in decimal, or "unset".
func (p Priority) String() string {
	if !p.set {
		return "unset"
	}
	return strconv.Itoa(int(p.number))
}

// MarshalText is String, for keeping priorities in JSON.
func (p Priority) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *Priority) UnmarshalText(text []byte) error {
	if string(text) == (Priority{}).String() {
		*p = Priority{}
		return nil
	}
	n, err := strconv.ParseInt(string(text), 10, 32)
	if err != nil {
		return fmt.Errorf("a priority is an int32 or unset: %w", err)
	}
	*p = Number(int32(n))
	return nil
}
