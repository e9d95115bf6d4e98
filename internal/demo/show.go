package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// planFile is the plan that was reviewed, and is what is applied.
const planFile = "reviewed.tfplan"

// act is a show: a module, and two changes of it that move viewers of the stream
// from iad-1 to phx-1 and back.
type act struct {
	title  string
	module string
	away   change
	back   change
	calls  int // of Reprioritize Stream, in the whole act
}

// change is a change of the module's variables.
type change struct {
	title string
	args  []string
}

// show is an act being played: encoders, and viewers.
type show struct {
	act
	srv      *emulator.Server
	tf       *cli
	encoders []emulator.EncoderID
}

// play goes through the whole act, and fails as soon as something is not as it
// should be. It returns what viewers saw in one line.
func (s *show) play(ctx context.Context) (string, error) {
	chapter(1, "Create the publish tokens, and say who is on air")
	if err := s.apply(ctx); err != nil {
		return "", err
	}
	s.goLive()
	if err := s.onAir(ctx, "iad-1"); err != nil {
		return "", err
	}
	say("%d encoders are live. Viewers of %s get iad-1; the others stand by.", len(s.encoders), stream)

	if err := s.switchTo(ctx, 2, s.away, "iad-1", "phx-1"); err != nil {
		return "", err
	}
	if err := s.switchTo(ctx, 4, s.back, "phx-1", "iad-1"); err != nil {
		return "", err
	}

	timeline := s.srv.Timeline(stream, "")
	chapter(6, "The show is over: the encoders stop, and everything is destroyed")
	if err := s.end(ctx); err != nil {
		return "", err
	}
	return s.report(timeline)
}

// switchTo reviews a change, and merges it.
func (s *show) switchTo(ctx context.Context, n int, c change, from, to string) error {
	chapter(n, c.title+": what the reviewer of the pull request reads")
	if err := s.reviewed(ctx, c.args, from, to); err != nil {
		return err
	}
	chapter(n+1, "Merge: viewers move to "+to)
	if err := s.apply(ctx, planFile); err != nil {
		return err
	}
	return s.onAir(ctx, to)
}

// goLive starts an encoder for each token, the one of iad-1 first.
func (s *show) goLive() {
	tokens := s.srv.Tokens()
	slices.SortFunc(tokens, func(a, b emulator.Token) int { return strings.Compare(a.OriginCluster, b.OriginCluster) })
	for _, token := range tokens {
		s.encoders = append(s.encoders, s.srv.StartEncoder(emulator.Encoder{
			TokenID: token.ID, Stream: stream, Cluster: token.OriginCluster, ReconnectAfter: reconnect,
		}))
	}
}

// onAir waits until viewers get the feed of a cluster.
func (s *show) onAir(ctx context.Context, cluster string) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		spans := s.srv.Timeline(stream, "").Spans
		if len(spans) > 0 && spans[len(spans)-1].Cluster == cluster {
			say("On air: %s.", cluster)
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("viewers of %s do not get %s:\n%s", stream, cluster, s.srv.Timeline(stream, ""))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// reviewed plans a change, shows the warning, and checks that it names who is on
// air now and after, and promises no gap.
func (s *show) reviewed(ctx context.Context, args []string, now, after string) error {
	out, err := s.tf.run(ctx, append([]string{"plan", "-out=" + planFile}, args...)...)
	if err != nil {
		return err
	}
	warning := warningOf(out)
	say("%s", warning)
	for _, want := range []string{
		"on air now    " + s.name(now),
		"on air after  " + s.name(after),
		"change over without a gap",
	} {
		if !strings.Contains(warning, want) {
			return fmt.Errorf("the plan does not say %q:\n%s", want, out)
		}
	}
	return nil
}

// name is how the provider names the token of a cluster.
func (s *show) name(cluster string) string {
	for _, token := range s.srv.Tokens() {
		if token.OriginCluster == cluster {
			return fmt.Sprintf("publish token %d (%q)", token.ID, token.Label)
		}
	}
	return cluster
}

// warningOf cuts the provider's warning out of what the CLI printed: the last
// one, up to the rule that ends a plan.
func warningOf(out string) string {
	at := strings.LastIndex(out, "Warning: ")
	if at < 0 {
		return ""
	}
	warning, _, _ := strings.Cut(out[at:], "\n─")
	return strings.TrimSpace(warning)
}

func (s *show) apply(ctx context.Context, args ...string) error {
	out, err := s.tf.run(ctx, append([]string{"apply", "-auto-approve"}, args...)...)
	if err != nil {
		return err
	}
	for line := range strings.Lines(out) {
		if strings.Contains(line, "complete after") || strings.HasPrefix(line, "Apply complete!") {
			say("  %s", strings.TrimSpace(line))
		}
	}
	return nil
}

// end stops the encoders and destroys what was created. Nothing may be left.
func (s *show) end(ctx context.Context) error {
	for _, id := range slices.Backward(s.encoders) {
		s.srv.StopEncoder(id)
	}
	if _, err := s.tf.run(ctx, append([]string{"destroy", "-auto-approve"}, s.back.args...)...); err != nil {
		return err
	}
	if left := s.srv.Tokens(); len(left) > 0 {
		return fmt.Errorf("%d tokens are left after the destroy", len(left))
	}
	say("Nothing is left in the account.")
	return nil
}

// report prints what viewers saw, and holds it against what they should have
// seen. It returns it in one line.
func (s *show) report(timeline emulator.Timeline) (string, error) {
	chapter(7, "What viewers saw")
	say("%s", strings.TrimRight(timeline.String(), "\n"))

	var clusters []string
	for _, span := range timeline.Spans {
		if span.HasPicture() && (len(clusters) == 0 || clusters[len(clusters)-1] != span.Cluster) {
			clusters = append(clusters, span.Cluster)
		}
	}
	path := strings.Join(clusters, " -> ")
	line := fmt.Sprintf("viewers of %s: %s, %d ms without picture", stream, path, timeline.Gap().Milliseconds())
	if path != "iad-1 -> phx-1 -> iad-1" || timeline.Gap() != 0 {
		return "", fmt.Errorf("%s; want iad-1 -> phx-1 -> iad-1 without a gap", line)
	}
	if calls := s.srv.Count("POST", "/api/stream/reprioritize"); calls != s.calls {
		return "", fmt.Errorf("%d calls of Reprioritize Stream, want %d", calls, s.calls)
	}
	return line, nil
}

func chapter(n int, title string) { fmt.Printf("\n%d. %s\n\n", n, title) }
