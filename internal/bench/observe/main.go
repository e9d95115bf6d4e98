// Command observe takes the place of a provider. It runs the one of the same file
// name in the folder above its own, and notes what its process took in a file
// named usage in its own: a line for each process, with nanoseconds of all cores
// and the most bytes resident, 0 where the system does not tell.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "observe: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, name := filepath.Split(self)

	// An interrupt is the provider's to answer. Notified, and not ignored, so that
	// the provider does not inherit it as ignored.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	provider := exec.CommandContext(context.Background(), filepath.Join(dir, "..", name), os.Args[1:]...)
	provider.Stdout, provider.Stderr = os.Stdout, os.Stderr
	failed := provider.Run()
	if provider.ProcessState == nil {
		return failed
	}

	notes, err := os.OpenFile(filepath.Join(dir, "usage"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer notes.Close()
	cpu := provider.ProcessState.UserTime() + provider.ProcessState.SystemTime()
	if _, err := fmt.Fprintln(notes, cpu.Nanoseconds(), memory(provider.ProcessState)); err != nil {
		return err
	}
	return failed
}
