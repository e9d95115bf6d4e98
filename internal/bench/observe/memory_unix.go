//go:build unix

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
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10 // all others count in KiB
}
