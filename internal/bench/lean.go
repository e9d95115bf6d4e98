package main

import (
	"fmt"
	"time"
)

const emptyConfig = `
terraform {
  required_providers {
    millicast = { source = "millicast/millicast" }
  }
}
`

// lean measures the start of the provider's process against a bare provider of
// the same framework with one empty resource.
func (b *bench) lean() error {
	rounds := 9
	if b.full {
		rounds = 41
	}
	bare, err := buildProvider(b.ctx, b.dir, "./internal/bench/bare")
	if err != nil {
		return err
	}
	bareObserved, err := observed(b.ctx, bare)
	if err != nil {
		return err
	}
	// An observer takes time of its own.
	walls, peaks := make([][]time.Duration, 2), make([][]int64, 2)
	for _, of := range []struct {
		providers []string
		note      func(i int, took usage)
	}{
		{[]string{bare, b.bin}, func(i int, took usage) { walls[i] = append(walls[i], took.wall) }},
		{[]string{bareObserved, b.observed}, func(i int, took usage) { peaks[i] = append(peaks[i], took.memory) }},
	} {
		if err := b.starts(rounds, of.providers, of.note); err != nil {
			return err
		}
	}
	b.table(fmt.Sprintf("terraform providers schema -json: median of %d", rounds), "provider", "wall time", "ratio", "peak memory", "ratio")
	wall, peak := median(walls[0]), median(peaks[0])
	for i, name := range []string{"bare", "millicast"} {
		w, p := median(walls[i]), median(peaks[i])
		b.row(name, milliseconds(w), ratio(w, wall), mebibytes(p), fmt.Sprintf("%.2f", float64(p)/float64(max(peak, 1))))
	}
	return nil
}

// starts starts providers in turns, and has it noted what each start took.
func (b *bench) starts(rounds int, providers []string, note func(i int, took usage)) error {
	var modules []*module
	for _, bin := range providers {
		m, err := newModule(b.cli, bin, b.dir, emptyConfig)
		if err != nil {
			return err
		}
		modules = append(modules, m)
	}
	for round := range rounds + 1 {
		for i, m := range modules {
			took, err := m.run(b.ctx, "providers", "schema", "-json")
			if err != nil {
				return err
			}
			if round > 0 { // The first one warms up.
				note(i, took)
			}
		}
	}
	return nil
}
