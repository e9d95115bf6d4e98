package failover

import (
	"math"
	"slices"
	"testing"
)

func TestPriority_unsetRanksBelowEveryNumber(t *testing.T) {
	t.Parallel()

	got := []Priority{Number(math.MaxInt32), {}, Number(0), Number(math.MinInt32), Number(-1)}
	slices.SortFunc(got, Priority.Compare)

	want := []Priority{{}, Number(math.MinInt32), Number(-1), Number(0), Number(math.MaxInt32)}
	if !slices.Equal(got, want) {
		t.Errorf("sorted: %v, want %v", got, want)
	}
}

func TestPriority_zeroIsNotUnset(t *testing.T) {
	t.Parallel()

	if Number(0) == (Priority{}) || Number(0).Compare(Priority{}) != 1 {
		t.Error("the number 0 must differ from unset, and rank above it")
	}
	if got := (Priority{}).String(); got != "unset" {
		t.Errorf("String of unset: %q", got)
	}
	if got := Number(0).String(); got != "0" {
		t.Errorf("String of 0: %q", got)
	}
}

func TestPriorityOf_nilIsUnset(t *testing.T) {
	t.Parallel()

	if got := PriorityOf(nil); got != (Priority{}) {
		t.Errorf("PriorityOf(nil) = %v", got)
	}
	if got := PriorityOf(new(int32(-7))); got != Number(-7) {
		t.Errorf("PriorityOf(-7) = %v", got)
	}
}

func TestPriority_survivesItsText(t *testing.T) {
	t.Parallel()

	for _, want := range []Priority{{}, Number(0), Number(math.MinInt32), Number(math.MaxInt32)} {
		text, err := want.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var got Priority
		if err := got.UnmarshalText(text); err != nil || got != want {
			t.Errorf("%q: got %v, err %v", text, got, err)
		}
	}
	var p Priority
	if err := p.UnmarshalText([]byte("2147483648")); err == nil {
		t.Error("a number beyond int32 is read without an error")
	}
}
