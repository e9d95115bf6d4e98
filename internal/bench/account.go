package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// account is an emulated account behind a network of some latency.
type account struct {
	*emulator.Server
	url   string
	close func()

	mu      sync.Mutex
	latency time.Duration
	calls   int
	first   time.Time // when the first call came
}

func openAccount(ctx context.Context, opts ...emulator.Option) (*account, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	a := &account{Server: emulator.New(append(opts, emulator.WithoutResponseChecks())...), url: "http://" + listener.Addr().String()}
	server := &http.Server{Handler: a, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "bench: the emulator stopped:", err)
		}
	}()
	a.close = func() { _ = server.Close() }
	return a, nil
}

// ServeHTTP counts a call, keeps it waiting, and hands it to the emulator.
func (a *account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	if a.calls == 0 {
		a.first = time.Now()
	}
	a.calls++
	latency := a.latency
	a.mu.Unlock()
	time.Sleep(latency)
	a.Server.ServeHTTP(w, r)
}

// begin sets the latency and counts from 0.
func (a *account) begin(latency time.Duration) {
	a.ResetRequests()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.latency, a.calls = latency, 0
}

// end returns the calls since begin, and when the first came.
func (a *account) end() (calls int, first time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.calls, a.first
}

// fill adds tokens until there are so many. In the list they stand between those
// that were there, as if all had been made in turn.
func (a *account) fill(size int) {
	there := a.Tokens()
	for i := range size - len(there) {
		before := there[i%len(there)]
		id := a.CreateToken(emulator.TokenSeed{Label: fmt.Sprint("other-", i), Streams: []emulator.Stream{{Name: "other"}}})
		a.UpdateToken(id, func(t *emulator.Token) { t.AddedOn = before.AddedOn })
	}
}

func (a *account) env() []string {
	return []string{"MILLICAST_BASE_URL=" + a.url, "MILLICAST_API_SECRET=" + a.Secret(), "MILLICAST_ACCOUNT_ID=" + a.Account()}
}
