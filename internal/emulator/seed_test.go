package emulator_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func TestReadSeed(t *testing.T) {
	t.Parallel()
	seed, err := emulator.ReadSeed(strings.NewReader(`{"defaultCluster":"fra-1",
		"tokens":[{"label":"main","streams":[{"streamName":"show"}],"priority":20,"originCluster":"lon-1"},{"label":"off","streams":[{"streamName":"show"}],"inactive":true}],
		"encoders":[{"tokenLabel":"main","stream":"show","connectAfter":"1s","reconnectAfter":"300ms","priority":-1,"neverReconnects":true}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := emulator.Encoder{TokenLabel: "main", Stream: show, ConnectAfter: time.Second, ReconnectAfter: 300 * time.Millisecond, Priority: new(int32(-1)), NeverReconnects: true}
	if !reflect.DeepEqual(seed.Encoders, []emulator.Encoder{want}) {
		t.Errorf("got %+v, want %+v", seed.Encoders, want)
	}

	a := open(t, emulator.WithSeed(seed))
	a.at(1000)
	main, _ := a.TokenByLabel("main")
	off, _ := a.TokenByLabel("off")
	if *main.Priority != 20 || main.OriginCluster != "lon-1" || !main.IsActive || off.IsActive {
		t.Errorf("got %+v and %+v", main, off)
	}
	feeds := a.Feeds(show)
	if len(feeds) != 1 || feeds[0].TokenID != main.ID || feeds[0].Cluster != "lon-1" {
		t.Errorf("got %+v", feeds)
	}
}

func TestReadSeed_refuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no JSON":            `tokens`,
		"an unknown key":     `{"token":[]}`,
		"an unknown setting": `{"encoders":[{"streams":"show"}]}`,
		"a bare number":      `{"encoders":[{"connectAfter":300}]}`,
		"no duration":        `{"encoders":[{"connectAfter":"soon"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if seed, err := emulator.ReadSeed(strings.NewReader(text)); err == nil {
				t.Errorf("got %+v", seed)
			}
		})
	}
}

func TestEncoder_survivesJSON(t *testing.T) {
	t.Parallel()
	want := emulator.Encoder{TokenID: 1, TokenLabel: "l", Stream: "s", SourceID: "i", Cluster: "c", Priority: new(int32(0)), ConnectAfter: 1, ReconnectAfter: time.Minute, NeverReconnects: true, StaysStopped: true}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got emulator.Encoder
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

// The sample seed shows a main and a backup feed of one stream.
func TestReadSeed_sample(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("cmd/millicast-emulator/seed.json")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := emulator.ReadSeed(bytes.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	a := open(t, emulator.WithSeed(seed))
	a.at(2000)
	if len(a.Feeds(show)) != 2 || a.onAir() != "main-fra" {
		t.Errorf("got %+v", a.Feeds(show))
	}
	for _, encoder := range a.Encoders() {
		if !encoder.Live {
			t.Errorf("the encoder of %q is off: %s", encoder.Encoder.TokenLabel, encoder.Refused)
		}
	}
}
