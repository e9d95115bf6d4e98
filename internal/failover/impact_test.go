package failover

import (
	"testing"

	"pgregory.net/rapid"
)

func TestReprioritize(t *testing.T) {
	t.Parallel()

	feed := func(token int64, priority int32) Feed {
		return Feed{TokenID: token, Stream: "main", Priority: Number(priority)}
	}
	onAir := func(f Feed) Feed { f.OnAir = true; return f }
	source := func(f Feed, source string) Feed { f.Source = source; return f }

	tests := map[string]struct {
		live  []Feed
		token int64
		to    int32
		want  []Impact
	}{
		"a token that is not live touches nothing": {
			live: []Feed{feed(1, 20)}, token: 2, to: 30,
		},
		"raising the standby above the feed on air takes over without a gap": {
			live: []Feed{onAir(feed(1, 20)), feed(2, 10)}, token: 2, to: 30,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: TakesOver,
				Before: Air{TokenID: 1, Priority: Number(20)},
				During: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 2, Priority: Number(30)},
			}},
		},
		"raising the standby below the feed on air is not noticed": {
			live: []Feed{onAir(feed(1, 20)), feed(2, 10)}, token: 2, to: 15,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: Unnoticed,
				Before: Air{TokenID: 1, Priority: Number(20)},
				During: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 1, Priority: Number(20)},
			}},
		},
		"lowering the feed on air cuts it": {
			live: []Feed{onAir(feed(1, 20)), feed(2, 10)}, token: 1, to: 5,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: Cut,
				Before: Air{TokenID: 1, Priority: Number(20)},
				During: Air{TokenID: 2, Priority: Number(10)},
				After:  Air{TokenID: 2, Priority: Number(10)},
			}},
		},
		"raising the feed on air cuts it, and viewers come back": {
			live: []Feed{onAir(feed(1, 20)), feed(2, 10)}, token: 1, to: 25,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: Cut,
				Before: Air{TokenID: 1, Priority: Number(20)},
				During: Air{TokenID: 2, Priority: Number(10)},
				After:  Air{TokenID: 1, Priority: Number(25)},
			}},
		},
		"the only live feed leaves viewers without a picture": {
			live: []Feed{onAir(feed(1, 20))}, token: 1, to: 30,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: OffAir,
				Before: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 1, Priority: Number(30)},
			}},
		},
		"another source is no standby": {
			live: []Feed{source(onAir(feed(1, 20)), "cam1"), source(onAir(feed(2, 10)), "cam2")}, token: 1, to: 30,
			want: []Impact{{
				Stream: "main", Source: "cam1", Feeds: 1, Verdict: OffAir,
				Before: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 1, Priority: Number(30)},
			}},
		},
		"coming back on a tie is ambiguous": {
			live: []Feed{onAir(feed(1, 20)), feed(2, 10)}, token: 2, to: 20,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: Unnoticed,
				Before: Air{TokenID: 1, Priority: Number(20)},
				During: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 1, Priority: Number(20), Ambiguous: true},
			}},
		},
		"a token that ties at the top may be the one that is cut": {
			live: []Feed{feed(1, 20), feed(2, 20)}, token: 2, to: 30,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: Cut,
				Before: Air{TokenID: 1, Priority: Number(20), Ambiguous: true},
				During: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 2, Priority: Number(30)},
			}},
		},
		"what the API names as on air counts more than the numbers": {
			live: []Feed{feed(1, 20), onAir(feed(2, 10))}, token: 1, to: 15,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: TakesOver,
				Before: Air{TokenID: 2, Priority: Number(10)},
				During: Air{TokenID: 2, Priority: Number(10)},
				After:  Air{TokenID: 1, Priority: Number(15)},
			}},
		},
		"an explicit priority comes back as it was": {
			live: []Feed{onAir(feed(1, 20)), {TokenID: 2, Stream: "main", Priority: Number(7), Explicit: true}}, token: 2, to: 30,
			want: []Impact{{
				Stream: "main", Feeds: 1, Verdict: Unnoticed,
				Before: Air{TokenID: 1, Priority: Number(20)},
				During: Air{TokenID: 1, Priority: Number(20)},
				After:  Air{TokenID: 1, Priority: Number(20)},
			}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := Reprioritize(test.live, test.token, Number(test.to))
			if len(got) != len(test.want) {
				t.Fatalf("got %d impacts, want %d: %+v", len(got), len(test.want), got)
			}
			for i := range got {
				if got[i] != test.want[i] {
					t.Errorf("got  %+v\nwant %+v", got[i], test.want[i])
				}
			}
		})
	}
}

// A stream that is simulated feed by feed must go through what Reprioritize foresaw.
func TestReprioritize_agreesWithSimulation(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		// Different priorities: what happens on a tie is not documented.
		numbers := rapid.SliceOfNDistinct(rapid.Int32Range(-5, 5), 2, 7, rapid.ID[int32]).Draw(t, "priorities")
		to := numbers[len(numbers)-1]
		var live []Feed
		for i, n := range numbers[:len(numbers)-1] {
			live = append(live, Feed{TokenID: int64(i + 1), Stream: "main", Priority: Number(n)})
		}
		token := int64(rapid.IntRange(1, len(live)).Draw(t, "token"))

		top := func(feeds []Feed) (best int64) {
			for _, f := range feeds {
				if best == 0 || f.Priority.Compare(feeds[index(feeds, best)].Priority) > 0 {
					best = f.TokenID
				}
			}
			return best
		}
		before := top(live)
		var away, back []Feed
		for _, f := range live {
			if f.TokenID == token {
				f.Priority = Number(to)
			} else {
				away = append(away, f)
			}
			back = append(back, f)
		}
		during, after := top(away), top(back)

		got := Reprioritize(live, token, Number(to))
		if len(got) != 1 {
			t.Fatalf("got %d impacts", len(got))
		}
		if got[0].Before.TokenID != before || got[0].During.TokenID != during || got[0].After.TokenID != after {
			t.Errorf("got %+v, want %d, %d, %d on air", got[0], before, during, after)
		}
		want := Unnoticed
		switch {
		case during == 0:
			want = OffAir
		case before == token:
			want = Cut
		case after == token:
			want = TakesOver
		}
		if got[0].Verdict != want {
			t.Errorf("verdict %v, want %v", got[0].Verdict, want)
		}
	})
}

func index(feeds []Feed, token int64) int {
	for i, f := range feeds {
		if f.TokenID == token {
			return i
		}
	}
	return -1
}
