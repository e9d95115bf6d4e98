// Command bench measures the provider as users run it: the real CLI, with the
// provider built from this tree, against the emulator in this process. It prints
// tables in Markdown. Without -full it takes the small sizes only.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	full := flag.Bool("full", false, "measure all sizes: takes half an hour")
	only := flag.String("only", "lean,plan,failover", "what to measure")
	sizes := flag.String("tokens", "", "numbers of managed tokens, such as 10,1000")
	page := flag.String("into", "", "a page to put the tables into, such as templates/guides/scale.md.tmpl")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *full, *only, *sizes, *page); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, full bool, only, sizes, page string) error {
	path, err := findCLI()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "millicast-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	bin, err := buildProvider(ctx, dir, ".")
	if err != nil {
		return err
	}
	observer, err := observed(ctx, bin)
	if err != nil {
		return err
	}

	bench := &bench{ctx: ctx, cli: path, dir: dir, bin: bin, observed: observer, full: full}
	if err := bench.introduce(); err != nil {
		return err
	}
	for _, part := range []struct {
		name    string
		measure func() error
	}{
		{"lean", bench.lean},
		{"plan", func() error { return bench.plans(sizes) }},
		{"failover", bench.failovers},
	} {
		if !slices.Contains(strings.Split(only, ","), part.name) {
			continue
		}
		if err := part.measure(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	if page == "" {
		return nil
	}
	return bench.into(page)
}

// bench is one run of the measurements.
type bench struct {
	report
	ctx      context.Context // of the run
	cli      string
	dir      string
	bin      string // folder of the provider
	observed string // folder of the same, observed
	full     bool
}

// introduce says what the measurements were taken with.
func (b *bench) introduce() error {
	version, err := exec.CommandContext(b.ctx, b.cli, "version").Output()
	if err != nil {
		return fmt.Errorf("asking %s for its version: %w", b.cli, err)
	}
	about, _, _ := strings.Cut(string(version), "\n")
	sizes := "small sizes"
	if b.full {
		sizes = "all sizes"
	}
	b.line(fmt.Sprintf("%s, provider built with %s, %d cores, %s, %s.", about, runtime.Version(), runtime.NumCPU(), sizes, time.Now().UTC().Format(time.DateOnly)))
	return nil
}

func median[T int64 | time.Duration](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}
