package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const memoryEvery = 5 * time.Millisecond

// watchMemory watches the processes of a program until the returned function is
// called, which returns the highest peak among them. Linux tells it of others'
// processes; elsewhere it is not known.
func watchMemory(program string) (peak func() int64) {
	stop, result := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		known := map[string]bool{} // by process: whether it is one of the program
		for {
			select {
			case <-stop:
				result <- most
				return
			case <-time.After(memoryEvery):
			}
			processes, _ := filepath.Glob("/proc/[0-9]*")
			for _, process := range processes {
				if is, ok := known[process]; ok && !is {
					continue
				}
				exe, _ := os.Readlink(process + "/exe")
				if exe != program {
					// A process that the CLI has only just forked still shows the CLI's file.
					known[process] = false
					if name := filepath.Base(exe); name == "terraform" || name == "tofu" {
						delete(known, process)
					}
					continue
				}
				known[process] = true
				most = max(most, highWater(process))
			}
		}
	}()
	return func() int64 { close(stop); return <-result }
}

// highWater returns the most memory that a process ever had resident, in bytes.
func highWater(process string) int64 {
	status, err := os.ReadFile(process + "/status")
	if err != nil {
		return 0
	}
	for lines := bufio.NewScanner(bytes.NewReader(status)); lines.Scan(); {
		var kibibytes int64
		if n, _ := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &kibibytes); n == 1 {
			return kibibytes << 10
		}
	}
	return 0
}
