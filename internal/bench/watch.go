package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const (
	watchEvery = 5 * time.Millisecond

	// clockTick is what Linux counts the CPU time of processes in.
	clockTick = time.Second / 100
)

// watch watches the processes of a program until the returned function is called.
// That returns the CPU time of all, and the highest peak of memory among them.
// Linux tells it of others' processes; elsewhere it is not known.
func watch(program string) (used func() (cpu time.Duration, memory int64)) {
	type result struct {
		cpu    time.Duration
		memory int64
	}
	stop, results := make(chan struct{}), make(chan result)
	go func() {
		var most int64
		known := map[string]bool{}        // by process: whether it is one of the program
		cpu := map[string]time.Duration{} // by process, as seen last
		for {
			select {
			case <-stop:
				all := result{memory: most}
				for _, took := range cpu {
					all.cpu += took
				}
				results <- all
				return
			case <-time.After(watchEvery):
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
				cpu[process] = max(cpu[process], cpuTime(process))
			}
		}
	}()
	return func() (time.Duration, int64) {
		close(stop)
		all := <-results
		return all.cpu, all.memory
	}
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

// cpuTime returns the time that a process has used of all cores.
func cpuTime(process string) time.Duration {
	stat, err := os.ReadFile(process + "/stat")
	if err != nil {
		return 0
	}
	// The name of the program is in brackets, and may hold anything. What is wanted
	// are the 12th and 13th field after it.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	var user, system int64
	if n, _ := fmt.Sscan(string(fields[11])+" "+string(fields[12]), &user, &system); n != 2 {
		return 0
	}
	return time.Duration(user+system) * clockTick
}
