// Command demo drives the real CLI, with the provider built from this tree, on
// the modules of examples, against the emulator: first through a maintenance
// window of a stream with two encoders, then through trouble with one of three.
// It prints what viewers see, and exits non-zero if that is not what it should
// be.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

const (
	stream    = "main_stream"
	reconnect = 700 * time.Millisecond
)

// acts are the two shows.
var acts = []act{
	{
		title:  "Act one: a maintenance window",
		module: "examples/maintenance-window",
		away:   change{title: "Maintenance of iad-1", args: []string{"-var-file=maintenance.tfvars"}},
		back:   change{title: "The work is done", args: []string{"-var-file=back.tfvars"}},
		calls:  4, // one for each priority that is created, one for each switch
	},
	{
		title:  "Act two: three encoders, and one in trouble",
		module: "examples/encoder-in-trouble",
		away:   change{title: "iad-1 sends a bad picture", args: []string{"-var", `in_trouble=["iad"]`}},
		back:   change{title: "It is repaired"},
		calls:  5, // two for the order that is created, two to put the others in front, one to go back
	},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	path, err := findCLI()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "millicast-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	say("Building the provider.")
	bin, err := buildProvider(ctx, ".", dir)
	if err != nil {
		return err
	}
	say("The CLI is %s.", path)

	var lines []string
	for _, act := range acts {
		line, err := perform(ctx, act, path, bin, dir)
		if err != nil {
			return fmt.Errorf("%s: %w", act.module, err)
		}
		lines = append(lines, line)
	}
	say("\n%s", strings.Join(lines, "\n"))
	return nil
}

// perform plays an act on an account of its own, and returns what viewers saw in
// one line.
func perform(ctx context.Context, act act, path, bin, dir string) (string, error) {
	srv := emulator.New(emulator.WithResponseChecks())
	url, shutdown, err := listen(ctx, srv)
	if err != nil {
		return "", err
	}
	defer shutdown()
	tf, err := newCLI(path, bin, dir, act.module,
		"MILLICAST_BASE_URL="+url, "MILLICAST_API_SECRET="+srv.Secret(), "MILLICAST_ACCOUNT_ID="+srv.Account())
	if err != nil {
		return "", err
	}
	say("\n=== %s (%s)", act.title, act.module)

	show := &show{act: act, srv: srv, tf: tf}
	line, err := show.play(ctx)
	if err != nil {
		return "", err
	}
	if violations := srv.Violations(); len(violations) > 0 {
		return "", fmt.Errorf("the provider spoke to the service in a way it does not know:\n  %s", strings.Join(violations, "\n  "))
	}
	return line, nil
}

// listen serves the emulator on a free port of the loopback interface.
func listen(ctx context.Context, srv *emulator.Server) (url string, shutdown func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: srv, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "demo: the emulator stopped:", err)
		}
	}()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

func say(format string, args ...any) { fmt.Printf(format+"\n", args...) }
