package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// largeAccount is how many tokens the large account has.
const largeAccount = 10_000

const tokensConfig = `
terraform {
  required_providers {
    millicast = { source = "millicast/millicast" }
  }
}

variable "bulk" {
  type    = bool
  default = true
}

provider "millicast" {
  bulk_read = var.bulk
}

resource "millicast_publish_token" "all" {
  count   = %d
  label   = "token-${count.index}"
  streams = [{ stream_name = "stream-${count.index}" }]
}
`

// plans measures `plan` of managed tokens that nobody has changed.
func (b *bench) plans(sizes string) error {
	managed := []int{10, 100}
	if b.full {
		managed = []int{10, 100, 1000, 5000}
	}
	if sizes != "" {
		managed = nil
		for size := range strings.SplitSeq(sizes, ",") {
			n, err := strconv.Atoi(size)
			if err != nil || n < 1 || n > largeAccount {
				return fmt.Errorf("%q is not a number of tokens", size)
			}
			managed = append(managed, n)
		}
	}
	table("terraform plan: managed tokens of an account, nothing to change",
		"managed", "of", "bulk_read", "latency", "API calls", "calls without / with", "wall time", "with / without latency", "per token", "peak memory")
	for _, n := range managed {
		if err := b.plansOf(n); err != nil {
			return err
		}
	}
	return nil
}

// plansOf makes the tokens and their state once, and plans in an account that
// has no others, and in a large one.
func (b *bench) plansOf(managed int) error {
	a, err := openAccount(b.ctx)
	if err != nil {
		return err
	}
	defer a.close()
	m, err := newModule(b.cli, b.bin, b.dir, fmt.Sprintf(tokensConfig, managed), a.env()...)
	if err != nil {
		return err
	}
	if _, err := m.run(b.ctx, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := b.plansIn(a, m, managed, managed); err != nil {
		return err
	}
	a.fill(largeAccount)
	return b.plansIn(a, m, managed, largeAccount)
}

// plansIn plans with and without bulk reads, near and far.
func (b *bench) plansIn(a *account, m *module, managed, size int) error {
	for _, bulk := range []bool{true, false} {
		var near time.Duration
		for _, latency := range []time.Duration{0, 50 * time.Millisecond} {
			a.begin(latency)
			took, err := m.run(b.ctx, "plan", "-detailed-exitcode", fmt.Sprint("-var=bulk=", bulk))
			if err != nil {
				return err
			}
			calls, _ := a.end()
			compared := "1.00"
			if latency == 0 {
				near = took.wall
			} else {
				compared = ratio(took.wall, near)
			}
			row(fmt.Sprint(managed), fmt.Sprint(size), map[bool]string{true: "on", false: "off"}[bulk], latency.String(), fmt.Sprint(calls),
				// One for the sign-in, and one for each token.
				fmt.Sprintf("%.1f", float64(managed+1)/float64(calls)),
				seconds(took.wall), compared, milliseconds(took.wall/time.Duration(managed)), mebibytes(took.memory))
		}
	}
	return nil
}
