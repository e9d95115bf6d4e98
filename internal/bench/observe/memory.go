//go:build (linux || darwin) && (amd64 || arm64)

package main

import (
	"os"
	"runtime"
	"syscall"
)

// memory is the most that a process ever had resident, in bytes.
func memory(process *os.ProcessState) int64 {
	usage, ok := process.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return usage.Maxrss
	}
	return usage.Maxrss << 10 // Linux counts in KiB
}
