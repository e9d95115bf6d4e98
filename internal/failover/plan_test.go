package failover

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// live returns one feed for each token named, with its stored priority.
func live(order []Token, ids ...int64) []Feed {
	var feeds []Feed
	for _, token := range order {
		if slices.Contains(ids, token.ID) {
			feeds = append(feeds, Feed{TokenID: token.ID, Stream: "main", Priority: token.Stored})
		}
	}
	return feeds
}

func TestAssign(t *testing.T) {
	t.Parallel()

	const most, least = math.MaxInt32, math.MinInt32
	token := func(id int64, n int32) Token { return Token{ID: id, Stored: Number(n)} }
	unset := func(id int64) Token { return Token{ID: id} }

	tests := map[string]struct {
		order []Token
		live  []int64
		want  []Priority
	}{
		"no token":                               {nil, nil, nil},
		"one token that is unset":                {[]Token{unset(1)}, nil, []Priority{{}}},
		"the order as it is":                     {[]Token{token(1, 30), token(2, 20), token(3, 10)}, nil, []Priority{Number(30), Number(20), Number(10)}},
		"the last may stay unset":                {[]Token{token(1, 0), unset(2)}, nil, []Priority{Number(0), {}}},
		"the last below the least number":        {[]Token{token(1, least), unset(2)}, nil, []Priority{Number(least), {}}},
		"all unset":                              {[]Token{unset(1), unset(2), unset(3)}, nil, []Priority{Number(20), Number(10), {}}},
		"the last of four is promoted by itself": {[]Token{token(4, 10), token(1, 40), token(2, 30), token(3, 20)}, []int64{1, 2, 3, 4}, []Priority{Number(50), Number(40), Number(30), Number(20)}},
		"the first of three is demoted by raising the others, since it is on air": {
			[]Token{token(2, 20), token(3, 10), token(1, 30)}, []int64{1, 2, 3}, []Priority{Number(50), Number(40), Number(30)},
		},
		"the first of three is demoted by itself if nobody watches it": {
			[]Token{token(2, 20), token(3, 10), token(1, 30)}, []int64{2, 3}, []Priority{Number(20), Number(10), Number(0)},
		},
		"a tie is broken":                 {[]Token{token(1, 20), token(2, 20)}, nil, []Priority{Number(20), Number(10)}},
		"a tight gap is used":             {[]Token{token(1, 12), token(3, 99), token(2, 10)}, []int64{1, 2}, []Priority{Number(12), Number(11), Number(10)}},
		"no gap: the call is another one": {[]Token{token(1, 11), token(3, 99), token(2, 10)}, nil, []Priority{Number(109), Number(99), Number(10)}},
		"the upper end of int32":          {[]Token{token(2, 5), token(1, most)}, []int64{1, 2}, []Priority{Number(5), Number(-5)}},
		"the lower end of int32":          {[]Token{token(1, least), token(2, 7)}, nil, []Priority{Number(17), Number(7)}},
		"close to the end of int32":       {[]Token{token(2, 5), token(3, 4), token(1, most-2)}, []int64{1}, []Priority{Number(most), Number(most - 1), Number(most - 2)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, err := Assign("main", test.order, live(test.order, test.live...))
			if err != nil {
				t.Fatal(err)
			}
			for i, a := range got {
				if a.Priority != test.want[i] || a.Changed != (test.order[i].Stored != test.want[i]) {
					t.Errorf("place %d: got %v (changed: %v), want %v", i, a.Priority, a.Changed, test.want[i])
				}
			}
		})
	}
}

// Somebody used Update Token: what is stored counts when the feed restarts.
func TestAssign_feedsOfTheTokenHaveToFitToo(t *testing.T) {
	t.Parallel()

	order := []Token{{ID: 1, Stored: Number(30)}, {ID: 2, Stored: Number(20)}}
	feeds := []Feed{
		{TokenID: 1, Stream: "main", Priority: Number(10)},
		{TokenID: 2, Stream: "main", Priority: Number(20)},
	}
	got, err := Assign("main", order, feeds)
	if err != nil {
		t.Fatal(err)
	}
	// Token 2 is on air, so it stays; token 1 has to be called to outrank it.
	want := []Assignment{{1, Number(30), true}, {2, Number(20), false}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}

	// A number that fits anyway needs no call.
	feeds[0].Priority = Number(25)
	got, _ = Assign("main", order, feeds)
	if want[0].Changed = false; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Update Token gave the last one a number that leaves it the last.
func TestAssign_lastMayBeUnsetInPart(t *testing.T) {
	t.Parallel()

	order := []Token{{ID: 1, Stored: Number(30)}, {ID: 2, Stored: Number(10)}}
	got, _ := Assign("main", order, []Feed{{TokenID: 1, Stream: "main", Priority: Number(30)}, {TokenID: 2, Stream: "main"}})
	if got[0].Changed || got[1].Changed {
		t.Errorf("the order is there already: %v", got)
	}
}

// A feed of another stream costs, and has no place in this order.
func TestAssign_feedsOfOtherStreamsOnlyCost(t *testing.T) {
	t.Parallel()

	order := []Token{{ID: 2, Stored: Number(10)}, {ID: 1, Stored: Number(20)}}
	got, _ := Assign("main", order, []Feed{{TokenID: 2, Stream: "second", Priority: Number(99)}})
	if got[0].Changed || !got[1].Changed {
		t.Errorf("token 1 is idle, token 2 is on air elsewhere: %v", got)
	}
}

func TestAssign_explicitFeedsDoNotCount(t *testing.T) {
	t.Parallel()

	order := []Token{{ID: 1, Stored: Number(30)}, {ID: 2, Stored: Number(20)}}
	got, _ := Assign("main", order, []Feed{{TokenID: 2, Stream: "main", Priority: Number(99), Explicit: true}})
	if got[0].Changed || got[1].Changed {
		t.Errorf("no call changes an explicit priority: %v", got)
	}
}

func TestAssign_tokenNamedTwice(t *testing.T) {
	t.Parallel()

	if _, err := Assign("main", []Token{{ID: 1}, {ID: 2}, {ID: 1}}, nil); err == nil {
		t.Error("no error")
	}
}

func TestNewPlan_reversingFourTokensIsOneSwitch(t *testing.T) {
	t.Parallel()

	order := []Token{{4, Number(10)}, {3, Number(20)}, {2, Number(30)}, {1, Number(40)}}
	plan, err := NewPlan("main", order, live(order, 1, 2, 3, 4))
	if err != nil {
		t.Fatal(err)
	}
	var verdicts []Verdict
	for _, step := range plan.Steps {
		verdicts = append(verdicts, step.Verdict())
	}
	if !slices.Equal(verdicts, []Verdict{TakesOver, Unnoticed, Unnoticed}) || plan.Steps[0].TokenID != 4 {
		t.Errorf("verdicts %v, steps %+v", verdicts, plan.Steps)
	}
}

func TestNewPlan_newPrimaryComesLastWhereTheOthersAreNotNoticed(t *testing.T) {
	t.Parallel()

	// 1 is on air. 3 and 4 change places behind it, and 2 takes over.
	order := []Token{{2, Number(30)}, {1, Number(40)}, {4, Number(10)}, {3, Number(20)}}
	plan, err := NewPlan("main", order, live(order, 1, 2, 3, 4))
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Steps) != 2 || plan.Steps[1].TokenID != 2 || plan.Steps[1].Verdict() != TakesOver {
		t.Errorf("steps: %+v", plan.Steps)
	}
}

func TestNewPlan_backupIsRaisedBeforeAFeedIsCut(t *testing.T) {
	t.Parallel()

	// Nothing ranks above the greatest number, so the token on air has to move.
	order := []Token{{2, Number(5)}, {1, Number(math.MaxInt32)}}
	plan, err := NewPlan("main", order, live(order, 1, 2))
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Steps) != 1 || plan.Steps[0].TokenID != 1 || plan.Steps[0].Verdict() != Cut {
		t.Errorf("steps: %+v", plan.Steps)
	}
}

// situation draws up to six tokens in a wanted order, and what is live of them.
func situation(t *rapid.T) (order []Token, feeds []Feed) {
	return situationOf(t, "", "cam2")
}

func situationOf(t *rapid.T, sources ...string) (order []Token, feeds []Feed) {
	number := rapid.OneOf(
		rapid.Int32Range(-4, 4),
		rapid.Int32Range(math.MaxInt32-4, math.MaxInt32),
		rapid.Int32Range(math.MinInt32, math.MinInt32+4),
	)
	priority := rapid.Custom(func(t *rapid.T) Priority {
		if rapid.IntRange(0, 5).Draw(t, "unset") == 0 {
			return Priority{}
		}
		return Number(number.Draw(t, "number"))
	})
	for i := range rapid.IntRange(0, 6).Draw(t, "tokens") {
		token := Token{ID: int64(i + 1), Stored: priority.Draw(t, "stored")}
		order = append(order, token)
		for _, source := range sources {
			if !rapid.Bool().Draw(t, "live") {
				continue
			}
			feed := Feed{TokenID: token.ID, Stream: "main", Source: source, Priority: token.Stored}
			if rapid.IntRange(0, 9).Draw(t, "outdated") == 0 {
				feed.Priority = priority.Draw(t, "feed")
			}
			feeds = append(feeds, feed)
		}
	}
	return rapid.Permutation(order).Draw(t, "order"), feeds
}

func TestAssign_reachesTheOrderInInt32(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		order, feeds := situation(t)
		got, err := Assign("main", order, feeds)
		if err != nil {
			t.Fatal(err)
		}
		checkOrder(t, order, feeds, got)
	})
}

type failer interface {
	Fatalf(format string, args ...any)
}

// checkOrder checks that priorities fall strictly along the order, as stored and
// on every feed.
func checkOrder(t failer, order []Token, feeds []Feed, got []Assignment) {
	if len(got) != len(order) {
		t.Fatalf("%d assignments for %d tokens", len(got), len(order))
	}
	var lowest []Priority // what each token has at least
	for i, a := range got {
		if a.TokenID != order[i].ID {
			t.Fatalf("place %d is token %d, want %d", i, a.TokenID, order[i].ID)
		}
		if _, set := a.Priority.Get(); !a.Changed && a.Priority != order[i].Stored || a.Changed && !set {
			t.Fatalf("token %d: %+v, stored %v", a.TokenID, a, order[i].Stored)
		}
		low, high := a.Priority, a.Priority
		for _, feed := range feeds {
			if feed.TokenID == a.TokenID && !a.Changed {
				if feed.Priority.Compare(low) < 0 {
					low = feed.Priority
				}
				if feed.Priority.Compare(high) > 0 {
					high = feed.Priority
				}
			}
		}
		lowest = append(lowest, low)
		if i > 0 && lowest[i-1].Compare(high) <= 0 {
			t.Fatalf("place %d does not rank above place %d: %+v with feeds %+v", i-1, i, got, feeds)
		}
	}
}

// Every set of tokens that might stay is tried: none of those that leave the
// others numbers costs less.
func TestAssign_costsTheLeast(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		order, feeds := situation(t)
		got, err := Assign("main", order, feeds)
		if err != nil {
			t.Fatal(err)
		}
		var changed uint
		for i, a := range got {
			if a.Changed {
				changed |= 1 << i
			}
		}
		cost := costOf(order, feeds, changed)
		for other := range uint(1) << len(order) {
			if feasible(order, feeds, other) && slices.Compare(costOf(order, feeds, other), cost) < 0 {
				t.Fatalf("changing %b costs %v, less than %b: %v", other, costOf(order, feeds, other), changed, cost)
			}
		}
	})
}

// costOf counts the changed tokens: on air, standby, idle.
func costOf(order []Token, feeds []Feed, changed uint) []int {
	cost := make([]int, 3)
	for i, token := range order {
		if changed&(1<<i) == 0 {
			continue
		}
		kind := 2
		for _, feed := range feeds {
			if feed.TokenID != token.ID {
				continue
			}
			kind = min(kind, 1)
			top := true
			for _, other := range feeds {
				top = top && (other.Source != feed.Source || other.Priority.Compare(feed.Priority) <= 0)
			}
			if top {
				kind = 0
			}
		}
		cost[kind]++
	}
	return cost
}

// feasible counts down from the top: every token that changes takes the greatest
// number that is left.
func feasible(order []Token, feeds []Feed, changed uint) bool {
	if len(order) == 1 {
		return true
	}
	next := int64(math.MaxInt32)
	for i, token := range order {
		if changed&(1<<i) != 0 {
			if next < math.MinInt32 {
				return false
			}
			next--
			continue
		}
		all := []Priority{token.Stored}
		for _, feed := range feeds {
			if feed.TokenID == token.ID {
				all = append(all, feed.Priority)
			}
		}
		low, high := slices.MinFunc(all, Priority.Compare), slices.MaxFunc(all, Priority.Compare)
		if n, set := high.Get(); !set {
			return i == len(order)-1
		} else if int64(n) > next {
			return false
		}
		n, set := low.Get()
		if !set {
			return i == len(order)-1 // Unset beside numbers: it ranks below whatever follows.
		}
		next = int64(n) - 1
	}
	return true
}

// Every order of the calls is tried: none of them cuts less, or switches less. A
// stream of several sources can hold a better one: there a call that one source
// needs may spare another a cut. Where feeds tie for the air already, nobody knows
// what is best.
func TestNewPlan_viewersNoticeTheLeast(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		order, feeds := situationOf(t, "")
		if OnAir(feeds).Ambiguous {
			return
		}
		plan, err := NewPlan("main", order, feeds)
		if err != nil {
			t.Fatal(err)
		}
		got := ordeal(feeds, plan.Steps)
		best := got
		permute(plan.Steps, func(steps []Step) {
			if other := ordeal(feeds, steps); slices.Compare(other, best) < 0 {
				best = other
			}
		})
		if slices.Compare(best, got) < 0 {
			t.Fatalf("the plan costs %v, another order of its calls %v: %+v with %+v", got, best, plan, feeds)
		}
	})
}

func TestNewPlan_keepsAPictureWhereTheFeedsAllowIt(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		order, feeds := situation(t)
		plan, err := NewPlan("main", order, feeds)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range plan.Steps {
			for _, impact := range step.Impacts {
				others := slices.ContainsFunc(feeds, func(f Feed) bool { return f.Source == impact.Source && f.TokenID != step.TokenID })
				if impact.Verdict == OffAir && others {
					t.Fatalf("%+v takes a source off the air that has another feed", step)
				}
			}
		}
	})
}

func TestNewPlan_deterministic(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		order, feeds := situation(t)
		one, _ := NewPlan("main", order, feeds)
		shuffled := rapid.Permutation(feeds).Draw(t, "feeds")
		two, _ := NewPlan("main", order, shuffled)
		if !slices.Equal(one.Assignments, two.Assignments) || len(one.Steps) != len(two.Steps) {
			t.Fatalf("%+v and then %+v", one, two)
		}
	})
}

// ordeal counts what viewers go through: losses of the picture, cuts, switches.
func ordeal(feeds []Feed, steps []Step) []int {
	count := make([]int, 3)
	s := newStage(feeds)
	for _, step := range steps {
		for _, impact := range s.carryOut(step.TokenID, step.Priority) {
			switch impact.Verdict {
			case OffAir:
				count[0]++
			case Cut:
				count[1]++
			case Unnoticed, TakesOver:
			}
			if impact.During.TokenID != impact.Before.TokenID {
				count[2]++
			}
			if impact.After.TokenID != impact.During.TokenID {
				count[2]++
			}
		}
	}
	return count
}

func permute(steps []Step, visit func([]Step)) {
	steps = slices.Clone(steps)
	var from func(k int)
	from = func(k int) {
		if k == len(steps) {
			visit(steps)
			return
		}
		for i := k; i < len(steps); i++ {
			steps[k], steps[i] = steps[i], steps[k]
			from(k + 1)
			steps[k], steps[i] = steps[i], steps[k]
		}
	}
	from(0)
}

func FuzzNewPlan(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6})
	f.Add([]byte{0x7f, 0xff, 0x80, 0, 0, 1, 9, 9})
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		order, feeds := situation(t)
		plan, err := NewPlan("main", order, feeds)
		if err != nil {
			t.Fatal(err)
		}
		checkOrder(t, order, feeds, plan.Assignments)
	}))
}

func BenchmarkNewPlan_1000Tokens(b *testing.B) {
	var order []Token
	for i := range int64(1000) {
		order = append(order, Token{ID: i + 1, Stored: Number(int32(i * 7919 % 1000))})
	}
	feeds := live(order, 1, 500, 999)
	for _, token := range order[:900] {
		feeds = append(feeds, Feed{TokenID: token.ID, Stream: "main", Source: "cam2", Priority: token.Stored})
	}
	for b.Loop() {
		if _, err := NewPlan("main", order, feeds); err != nil {
			b.Fatal(err)
		}
	}
}
