package guides

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// guideAddress is where the guides have the emulator. The test takes a free port.
const guideAddress = "127.0.0.1:8080"

// notRun are the guides of commands that a test elsewhere stands for.
var notRun = map[string]string{
	"scale.md": "its command measures for minutes",
}

// Every command of a guide is run, in order and in one shell session, on an
// account of its own. The text after a command is what it prints. Comments in
// the page, which readers don't see, say what else there is:
//
//	<!-- file: NAME -->             the block is written to that file
//	<!-- fails -->                  the command fails, as it should
//	<!-- background -->             the command runs until the guide is over
//	<!-- on: OpenTofu -->           the command is run where the CLI is that one
//	<!-- on: Terraform 1.14 -->     ... in that version or a later one
//	<!-- quiet -->                  nobody has been disconnected since the command before
//	<!-- not run: REASON -->        the command is not run
//	<!-- exits: N -->               the command fails with that code
//	<!-- conftest -->               the text is what conftest prints: see make policy-check
//	<!-- quoted -->                 the text is not what the command before it prints
//	<!-- tokens: STREAM -->         two tokens of that stream exist
//	<!-- encoders: STREAM ... N --> all encoders of the streams go live, or the first N
func TestGuides_commands(t *testing.T) {
	t.Parallel()
	dependOnProvider(t)
	guides, err := filepath.Glob(filepath.Join(root, "docs", "guides", "*.md"))
	if err != nil || len(guides) == 0 {
		t.Fatalf("no guides: %v", err)
	}
	for _, file := range guides {
		if notRun[filepath.Base(file)] != "" {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			s := newSession(t)
			for _, b := range readBlocks(t, file) {
				if !s.play(fmt.Sprintf("%s:%d", file, b.line), b) {
					return
				}
			}
		})
	}
}

// session is a guide being followed.
type session struct {
	t       *testing.T
	srv     *emulator.Server
	dir     string
	env     []string
	address string
	out     string // of the last command

	disconnections int // before the last command
}

func newSession(t *testing.T) *session {
	t.Helper()
	s := &session{t: t, srv: emulator.Start(t), dir: t.TempDir(), address: freeAddress(t)}
	if err := os.CopyFS(filepath.Join(s.dir, "examples"), os.DirFS(filepath.Join(root, "examples"))); err != nil {
		t.Fatal(err)
	}
	s.env = environment("MILLICAST_BASE_URL="+s.srv.URL(), "MILLICAST_API_SECRET="+s.srv.Secret(), "SESSION="+filepath.Join(s.dir, ".session"))
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// play does what a block says, and reports whether the guide can go on.
func (s *session) play(at string, b block) bool {
	s.t.Helper()
	s.stage(b)
	text := strings.NewReplacer(guideAddress, s.address, "https://api.millicast.com", s.srv.URL(), "ACCOUNT/", s.srv.Account()+"/").Replace(b.text)
	if name, ok := b.note("file"); ok {
		if err := errors.Join(
			os.MkdirAll(filepath.Dir(filepath.Join(s.dir, name)), 0o700),
			os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600),
		); err != nil {
			s.t.Fatal(err)
		}
	}
	switch b.language {
	case "shell":
		return s.shell(at, b, text)
	case "sh", "bash", "console":
		s.t.Errorf("%s: a command that nobody runs; call the block shell", at)
	case "text":
		if _, judged := b.note("conftest"); judged && os.Getenv("CONFTEST") == "" {
			return true
		}
		if _, quoted := b.note("quoted"); s.out != "" && !quoted {
			return s.printed(at, text)
		}
	}
	return true
}

// stage brings about what the comments before a block ask for.
func (s *session) stage(b block) {
	s.t.Helper()
	if stream, ok := b.note("tokens"); ok {
		for i, label := range []string{"main-fra", "backup-lon"} {
			s.srv.CreateToken(emulator.TokenSeed{Label: label, Priority: new(int32(20 - 10*i)), Streams: []emulator.Stream{{Name: stream}}})
		}
	}
	if words, ok := b.note("encoders"); ok {
		s.goLive(strings.Fields(words))
	}
}

func (s *session) goLive(streams []string) {
	s.t.Helper()
	limit := -1
	if n, err := strconv.Atoi(streams[len(streams)-1]); err == nil {
		streams, limit = streams[:len(streams)-1], n
	}
	tokens := s.srv.Tokens()
	slices.SortFunc(tokens, func(a, b emulator.Token) int { return strings.Compare(a.Label, b.Label) })
	started := map[int64]bool{}
	for _, state := range s.srv.Encoders() {
		started[state.TokenID] = true
	}
	for _, token := range tokens {
		if limit >= 0 && len(started) >= limit || started[token.ID] || !slices.Contains(streams, token.Streams[0].Name) {
			continue
		}
		s.srv.StartEncoder(emulator.Encoder{TokenID: token.ID, Stream: token.Streams[0].Name})
		started[token.ID] = true
	}
	for deadline := time.Now().Add(5 * time.Second); len(s.live()) < len(started); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("%d encoders are live, want %d", len(s.live()), len(started))
		}
	}
}

func (s *session) live() []emulator.EncoderState {
	return slices.DeleteFunc(s.srv.Encoders(), func(e emulator.EncoderState) bool { return !e.Live })
}

// keeps carries the environment and the directory from one command to the next.
const keeps = `set -eu
if [ -f "$SESSION.env" ]; then . "$SESSION.env"; cd "$(cat "$SESSION.pwd")"; fi
%s
export -p >"$SESSION.env"; pwd >"$SESSION.pwd"
`

func (s *session) shell(at string, b block, text string) bool {
	s.t.Helper()
	if reason, ok := b.note("not run"); ok {
		if reason == "" {
			s.t.Errorf("%s: say why it is not run", at)
		}
		return true
	}
	if cli, ok := b.note("on"); ok && !isCLI(cli) {
		leaveOut(s.t, at, cli)
		return true
	}
	if _, ok := b.note("quiet"); ok && len(s.srv.Disconnections()) != s.disconnections {
		s.t.Errorf("%s: somebody was disconnected by the command before", at)
	}
	s.disconnections = len(s.srv.Disconnections())
	if text == "make build\n" {
		text = "ln -s " + strconv.Quote(work.bin) + " bin\n"
	}
	if _, ok := b.note("background"); ok {
		s.background(text)
		return true
	}
	_, fails := b.note("fails")
	code, exits := b.note("exits")
	out, err := command(s.t, s.dir, "yes\nyes\n", s.env, "sh", "-c", fmt.Sprintf(keeps, text))
	s.out = out
	if exits {
		fails = err != nil && err.Error() == "exit status "+code
	}
	if fails != (err != nil) || exits && !fails {
		s.t.Errorf("%s: %v\n%s\n%s", at, err, text, out)
		return false
	}
	return true
}

// background runs a command in the repository until the test is over, and waits
// until it listens. It is built first: to stop `go run` leaves its program behind.
func (s *session) background(text string) {
	s.t.Helper()
	const run = "go run ./internal/emulator/cmd/millicast-emulator "
	args, ok := strings.CutPrefix(strings.ReplaceAll(text, "\\\n", " "), run)
	if !ok {
		s.t.Fatalf("this test can't run in the background: %s", text)
	}
	program := filepath.Join(s.dir, "millicast-emulator")
	if out, err := command(s.t, root, "", s.env, "go", "build", "-o", program, strings.Fields(run)[2]); err != nil {
		s.t.Fatal(out)
	}
	cmd := exec.CommandContext(s.t.Context(), program, strings.Fields(args)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, io.Discard, os.Stderr
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		var dialer net.Dialer
		if conn, err := dialer.DialContext(s.t.Context(), "tcp", s.address); err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			s.t.Fatal("the emulator does not listen")
		}
	}
}

var (
	space   = regexp.MustCompile(`[\s│╷╵]+`)
	tokenN  = regexp.MustCompile(`\btoken \d+`)
	tokenID = regexp.MustCompile(`= 1000\d`)
)

// plain leaves out what differs between runs: line breaks, ids, and frames.
func plain(text string) string {
	text = tokenN.ReplaceAllString(space.ReplaceAllString(text, " "), "token N")
	return strings.TrimSpace(tokenID.ReplaceAllString(text, "= N"))
}

// printed holds each line of a text against what the last command printed.
func (s *session) printed(at, text string) bool {
	s.t.Helper()
	ok, out := true, plain(s.out)
	for line := range strings.Lines(text) {
		if line = plain(line); line != "" && !strings.Contains(out, line) {
			s.t.Errorf("%s: the command does not print %q", at, line)
			ok = false
		}
	}
	if !ok {
		s.t.Logf("It printed:\n%s", s.out)
	}
	return ok
}
