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

variable "managed" {
  type    = number
  default = %d
}

provider "millicast" {
  bulk_read = var.bulk
}

resource "millicast_publish_token" "all" {
  count   = var.managed
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
	b.table("terraform plan: managed tokens of an account, nothing to change",
		"managed", "of", "bulk_read", "latency", "API calls", "calls without / with", "wall time", "with / without latency",
		"time per token", "provider's CPU per token", "peak memory")
	for _, n := range managed {
		if err := b.plansOf(n); err != nil {
			return err
		}
	}
	if b.full && sizes == "" {
		return b.largePlan()
	}
	return nil
}

// plansOf makes the tokens and their state once, and plans in an account that
// has no others, and in a large one.
func (b *bench) plansOf(managed int) error {
	a, m, err := b.openTokens(managed)
	if err != nil {
		return err
	}
	defer a.close()
	if err := b.plansIn(a, m, managed, managed); err != nil {
		return err
	}
	if managed == largeAccount {
		return nil
	}
	a.fill(largeAccount)
	return b.plansIn(a, m, managed, largeAccount)
}

// largePlan is the plan of a configuration that manages a whole large account.
func (b *bench) largePlan() error {
	a, m, err := b.openTokens(largeAccount)
	if err != nil {
		return err
	}
	defer a.close()
	_, err = b.planIn(a, m, largeAccount, largeAccount, true, 0, 0)
	return err
}

func (b *bench) openTokens(managed int) (*account, *module, error) {
	a, err := openAccount(b.ctx)
	if err != nil {
		return nil, nil, err
	}
	m, err := b.seedTokens(a, managed)
	if err != nil {
		a.close()
		return nil, nil, err
	}
	return a, m, nil
}

// plansIn plans with and without bulk reads, near and far.
func (b *bench) plansIn(a *account, m *module, managed, size int) error {
	for _, bulk := range []bool{true, false} {
		near, err := b.planIn(a, m, managed, size, bulk, 0, 0)
		if err != nil {
			return err
		}
		if _, err := b.planIn(a, m, managed, size, bulk, 50*time.Millisecond, near); err != nil {
			return err
		}
	}
	return nil
}

// planIn makes a plan and prints its row. near is the time of the same plan
// without latency. 0: this is the one.
func (b *bench) planIn(a *account, m *module, managed, size int, bulk bool, latency, near time.Duration) (time.Duration, error) {
	a.begin(latency)
	took, err := m.run(b.ctx, "plan", "-detailed-exitcode", fmt.Sprint("-var=bulk=", bulk))
	if err != nil {
		return 0, err
	}
	calls, _ := a.end()
	if near == 0 {
		near = took.wall
	}
	b.row(fmt.Sprint(managed), fmt.Sprint(size), map[bool]string{true: "on", false: "off"}[bulk], latency.String(), fmt.Sprint(calls),
		// One for the sign-in, and one for each token.
		fmt.Sprintf("%.1f", float64(managed+1)/float64(calls)),
		seconds(took.wall), ratio(took.wall, near), milliseconds(took.wall/time.Duration(managed)),
		milliseconds(took.cpu/time.Duration(managed)), mebibytes(took.memory))
	return took.wall, nil
}
