package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	reconnect = 700 * time.Millisecond

	// atOnce is how many resources the CLI applies at the same time.
	atOnce = 10
)

// Both configurations raise the standbys over the tokens on air when
// switched is true.
const (
	priorityConfig = failoverInput + `
resource "millicast_stream_priority" "standby" {
  count    = length(var.standbys)
  token_id = var.standbys[count.index]
  priority = var.switched ? 30 : 10
}
`
	orderConfig = failoverInput + `
resource "millicast_stream_failover" "stream" {
  count       = length(var.standbys)
  stream_name = format("stream-%03d", count.index)
  token_ids   = var.switched ? [var.standbys[count.index], var.on_air[count.index]] : [var.on_air[count.index], var.standbys[count.index]]
}
`
	failoverInput = `
terraform {
  required_providers {
    millicast = { source = "millicast/millicast" }
  }
}

variable "switched" {
  type    = bool
  default = false
}

variable "on_air" {
  type = list(number)
}

variable "standbys" {
  type = list(number)
}
`
)

// show is an account with streams that have a token on air and a standby.
type show struct {
	*account
	onAir    []int64
	standbys []int64
}

func streamName(i int) string { return fmt.Sprintf("stream-%03d", i) }

func (b *bench) openShow(streams int) (*show, error) {
	a, err := openAccount(b.ctx)
	if err != nil {
		return nil, err
	}
	s := &show{account: a}
	for i := range streams {
		for label, priority := range map[string]int32{"on air": 20, "standby": 10} {
			id := a.CreateToken(emulator.TokenSeed{Label: label, Priority: &priority, Streams: []emulator.Stream{{Name: streamName(i)}}})
			a.StartEncoder(emulator.Encoder{TokenID: id, Stream: streamName(i), ReconnectAfter: reconnect})
			if label == "standby" {
				s.standbys = append(s.standbys, id)
			} else {
				s.onAir = append(s.onAir, id)
			}
		}
	}
	return s, nil
}

// switched returns when the last viewer was moved, and fails if one was not or
// had no picture.
func (s *show) switched() (time.Time, error) {
	var last time.Time
	for i, standby := range s.standbys {
		timeline := s.Timeline(streamName(i), "")
		if timeline.OnAir() != standby || timeline.Gap() != 0 {
			return last, fmt.Errorf("viewers do not get the standby without a gap:\n%s", timeline)
		}
		if at := timeline.Spans[len(timeline.Spans)-1].From; at.After(last) {
			last = at
		}
	}
	return last, nil
}

// failovers measures a failover from the first API call to the last viewer
// switched, by bare HTTP calls and by each of the two resources, in turns.
func (b *bench) failovers() error {
	rounds := 1
	if b.full {
		rounds = 5
	}
	b.table(fmt.Sprintf("failover: first API call to last viewer switched, median of %d", rounds),
		"streams", "latency", "by", "time", "ratio", "API calls")
	ways := []struct {
		name    string
		perform func(*show, time.Duration) error
	}{
		{"bare calls", b.bareFailover},
		{"stream_priority", b.providerFailover(priorityConfig)},
		{"stream_failover", b.providerFailover(orderConfig)},
	}
	for _, streams := range []int{1, 50} {
		for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
			walls, calls := make([][]time.Duration, len(ways)), make([]int, len(ways))
			for range rounds {
				for i, way := range ways {
					took, made, err := b.failover(streams, latency, way.perform)
					if err != nil {
						return fmt.Errorf("%s: %w", way.name, err)
					}
					walls[i], calls[i] = append(walls[i], took), made
				}
			}
			for i, way := range ways {
				b.row(fmt.Sprint(streams), latency.String(), way.name, seconds(median(walls[i])), ratio(median(walls[i]), median(walls[0])), fmt.Sprint(calls[i]))
			}
		}
	}
	return nil
}

func (b *bench) failover(streams int, latency time.Duration, perform func(*show, time.Duration) error) (time.Duration, int, error) {
	s, err := b.openShow(streams)
	if err != nil {
		return 0, 0, err
	}
	defer s.close()
	if err := perform(s, latency); err != nil {
		return 0, 0, err
	}
	calls, first := s.end()
	last, err := s.switched()
	return last.Sub(first), calls, err
}

// providerFailover applies a plan that was made, and reviewed, before.
func (b *bench) providerFailover(config string) func(*show, time.Duration) error {
	return func(s *show, latency time.Duration) error {
		m, err := newModule(b.cli, b.bin, b.dir, config, s.env()...)
		if err != nil {
			return err
		}
		onAir, standbys := "-var=on_air="+list(s.onAir), "-var=standbys="+list(s.standbys)
		for _, args := range [][]string{
			{"apply", "-auto-approve", onAir, standbys},
			{"plan", "-out=reviewed.tfplan", "-var=switched=true", onAir, standbys},
		} {
			if _, err := m.run(b.ctx, args...); err != nil {
				return err
			}
		}
		s.begin(latency)
		_, err = m.run(b.ctx, "apply", "reviewed.tfplan")
		return err
	}
}

// list returns ids as the CLI reads a list.
func list(ids []int64) string {
	return strings.ReplaceAll(fmt.Sprint(ids), " ", ",")
}

// bareFailover makes the calls that cannot be done without, as many streams at a
// time as the CLI takes.
func (b *bench) bareFailover(s *show, latency time.Duration) error {
	s.begin(latency)
	streams := make(chan int)
	failed := make(chan error, len(s.standbys))
	var group sync.WaitGroup
	for range min(atOnce, len(s.standbys)) {
		group.Go(func() {
			for i := range streams {
				failed <- bareSwitch(b.ctx, s, i)
			}
		})
	}
	for i := range s.standbys {
		streams <- i
	}
	close(streams)
	group.Wait()
	for range s.standbys {
		if err := <-failed; err != nil {
			return err
		}
	}
	return nil
}
