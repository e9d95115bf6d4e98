// Command millicast-emulator serves an emulated Millicast account, to try the
// provider's modules offline.
//
//	go run ./internal/emulator/cmd/millicast-emulator -seed internal/emulator/cmd/millicast-emulator/seed.json
//
// It prints its address and the environment that points the provider at it, and
// stops on SIGTERM or an interrupt. What viewers see is at /_emulator/timeline;
// the other routes there are listed at [emulator.Server.Control].
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// grace is how long calls under way may take after the program was told to stop.
const grace = 5 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "millicast-emulator:", err)
		os.Exit(1)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("millicast-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		address      = flags.String("address", "127.0.0.1:0", "`host:port` to listen on; port 0 picks a free one")
		secret       = flags.String("secret", "emulator-secret", "API secret that calls have to bear")
		account      = flags.String("account", "Abcde0", "account id")
		latency      = flags.Duration("latency", 0, "how long every call takes at least")
		switchover   = flags.Duration("switchover-delay", 500*time.Millisecond, "how long viewers have no picture when the feed on air is lost")
		seed         = flags.String("seed", "", "JSON `file` with the tokens and encoders to begin with")
		noMonitoring = flags.Bool("without-live-monitoring", false, "switch the account feature LiveMonitoring off")
	)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}

	opts := []emulator.Option{
		emulator.WithSecret(*secret),
		emulator.WithAccount(*account),
		emulator.WithLatency(*latency),
		emulator.WithSwitchoverDelay(*switchover),
	}
	if *noMonitoring {
		opts = append(opts, emulator.WithoutLiveMonitoring())
	}
	if *seed != "" {
		data, err := readSeed(*seed)
		if err != nil {
			return err
		}
		opts = append(opts, emulator.WithSeed(data))
	}
	return serve(ctx, *address, emulator.New(opts...), stdout)
}

// serve listens until ctx is done and then lets the calls under way finish.
func serve(ctx context.Context, address string, srv *emulator.Server, stdout io.Writer) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}

	mux := http.NewServeMux()
	mux.Handle("/_emulator/", srv.Control())
	mux.Handle("/", srv)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}

	// The listener takes calls already, so what is printed here is true.
	url := "http://" + listener.Addr().String()
	if _, err := fmt.Fprintf(stdout, "listening on %s\n\nexport MILLICAST_BASE_URL=%s\nexport MILLICAST_API_SECRET=%s\nexport MILLICAST_ACCOUNT_ID=%s\n",
		url, url, srv.Secret(), srv.Account()); err != nil {
		return err
	}

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// ctx is done already, so the grace needs a context of its own.
	graceful, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return server.Shutdown(graceful)
}

// readSeed reads the seed in a file.
func readSeed(name string) (emulator.Seed, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return emulator.Seed{}, err
	}
	return emulator.ReadSeed(bytes.NewReader(data))
}
