// Command demo drives the real CLI, with the provider built from this tree,
// through a maintenance window of a stream with two encoders, against the
// emulator. It prints what viewers see, and exits non-zero if that is not what
// it should be.
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
	module    = "examples/maintenance-window"
	reconnect = 700 * time.Millisecond
)

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

	srv := emulator.New(emulator.WithResponseChecks())
	url, shutdown, err := listen(ctx, srv)
	if err != nil {
		return err
	}
	defer shutdown()

	say("Building the provider, and starting the emulated service at %s.", url)
	tf, err := newCLI(ctx, path, dir, module,
		"MILLICAST_BASE_URL="+url, "MILLICAST_API_SECRET="+srv.Secret(), "MILLICAST_ACCOUNT_ID="+srv.Account())
	if err != nil {
		return err
	}
	say("The CLI is %s; the module is %s.", path, module)

	show := &show{srv: srv, tf: tf}
	if err := show.play(ctx); err != nil {
		return err
	}
	if violations := srv.Violations(); len(violations) > 0 {
		return fmt.Errorf("the provider spoke to the service in a way it does not know:\n  %s", strings.Join(violations, "\n  "))
	}
	return nil
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
