package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestSeq(t *testing.T) {
	t.Chdir("../..")
	path, _ := findCLI()
	dir := t.TempDir()
	ctx := context.Background()
	bin, err := buildProvider(ctx, dir, ".")
	if err != nil { t.Fatal(err) }
	b := &bench{ctx: ctx, cli: path, dir: dir, bin: bin}
	a, _ := openAccount(ctx)
	defer a.close()
	m, err := newModule(b.cli, b.bin, b.dir, fmt.Sprintf(tokensConfig, 200), a.env()...)
	if err != nil { t.Fatal(err) }
	m.env = append(m.env, "GODEBUG=", "TF_LOG=")
	u, err := m.run(ctx, "apply", "-auto-approve")
	fmt.Println("apply", u, err)
	cmd := exec.Command(path, "plan", "-no-color")
	cmd.Dir, cmd.Env = m.dir, m.env
	began := time.Now()
	cmd.Start()
	done := make(chan struct{})
	go func() { cmd.Wait(); close(done) }()
	last := map[string]string{}
	for {
		select {
		case <-done:
			fmt.Println(time.Since(began), cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime())
			for k, v := range last { fmt.Println(k, v) }
			return
		case <-time.After(100*time.Millisecond):
			out, _ := exec.Command("ps", "-eo", "pid,times,cputimes,args").Output()
			for l := range strings.Lines(string(out)) {
				if strings.Contains(l, dir) && !strings.Contains(l, "ps -eo") || strings.Contains(l, fmt.Sprint(cmd.Process.Pid)+" ") {
					f := strings.Fields(l)
					st, _ := os.ReadFile("/proc/"+f[0]+"/stat")
					sf := strings.Fields(string(st))
					if len(sf) > 15 { last[f[0]+" "+f[3]] = sf[13]+" "+sf[14]+" ticks" }
				}
			}
		}
	}
}
