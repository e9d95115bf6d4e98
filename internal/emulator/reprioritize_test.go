package emulator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

func v1(id int64) string { return fmt.Sprintf("/api/publish_token/%d", id) }
func v2(id int64) string { return fmt.Sprintf("/api/v2/publish_token/%d", id) }

func (a *account) reprioritize(id int64, priority int32) string {
	a.t.Helper()
	level, _ := a.call(200, "POST", "/api/stream/reprioritize", map[string]any{"tokenId": id, "updatePriority": priority}).data()["stoppingLevel"].(string)
	return level
}

// It stores the priority on the token and disconnects all its live feeds, on
// every stream that the token publishes.
func TestReprioritize_disconnectsAllFeedsOfTheToken(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.CreateToken(emulator.TokenSeed{Label: "main", Streams: []emulator.Stream{{Name: show}, {Name: "other"}}})
	spare := a.token("spare", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: "other"})
	a.StartEncoder(emulator.Encoder{TokenID: spare, Stream: show})
	a.at(1000)
	if level := a.reprioritize(id, 7); level != "Token" {
		t.Errorf("stopping level %q, want Token", level)
	}
	if got := a.stored(id).Priority; got == nil || *got != 7 {
		t.Errorf("stored priority %v, want 7", got)
	}
	if gone := a.Disconnections(); len(gone) != 2 || gone[0].TokenID != id || gone[1].TokenID != id {
		t.Errorf("got %+v, want the two feeds of the token", gone)
	}
	if len(a.Feeds("other")) != 0 || len(a.Feeds(show)) != 1 {
		t.Error("want only the spare feed live")
	}
}

// The encoder reconnects by itself and then has the new priority.
func TestReprioritize_givesTheNewPriorityOnReconnect(t *testing.T) {
	t.Parallel()
	a := open(t)
	main, spare := a.token("main", show, new(int32(20))), a.token("spare", show, new(int32(10)))
	a.StartEncoder(emulator.Encoder{TokenID: main, Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: spare, Stream: show})
	a.at(1000)
	a.reprioritize(spare, 30)
	a.at(2000)
	// Raising a standby costs viewers nothing.
	a.wantSpans(a.Timeline(show, ""), span{"main", 1300}, span{"spare", 700})
	a.reprioritize(spare, 5)
	a.at(3000)
	// Cutting the feed on air does.
	a.wantSpans(a.Timeline(show, "").Since(epoch.Add(2*time.Second)), span{"", 500}, span{"main", 500})
}

// Each call disconnects, even with an unchanged value.
func TestReprioritize_disconnectsForAnUnchangedValue(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, new(int32(5)))
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	if level := a.reprioritize(id, 5); level != "Token" {
		t.Errorf("stopping level %q, want Token", level)
	}
	if len(a.Disconnections()) != 1 {
		t.Error("nothing was disconnected")
	}
}

// The stopping level is None if nothing was live.
func TestReprioritize_stopsNothingIfNothingIsLive(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	if level := a.reprioritize(id, -3); level != "None" {
		t.Errorf("stopping level %q, want None", level)
	}
	if got := a.stored(id).Priority; got == nil || *got != -3 {
		t.Errorf("stored priority %v, want -3", got)
	}
}

// updatePriority can't be null, and is an int32.
func TestReprioritize_refusesWhatIsNoPriority(t *testing.T) {
	t.Parallel()
	for _, priority := range []string{"null", `"5"`, "1.5", "2147483648"} {
		t.Run(priority, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			id := a.token("main", show, new(int32(1)))
			a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
			a.call(400, "POST", "/api/stream/reprioritize", fmt.Sprintf(`{"tokenId":%d,"updatePriority":%s}`, id, priority))
			if len(a.Disconnections()) != 0 {
				t.Error("it disconnected all the same")
			}
		})
	}
}

// A missing token has another wording here than elsewhere.
func TestReprioritize_namesAMissingTokenInItsOwnWay(t *testing.T) {
	t.Parallel()
	a := open(t)
	r := a.call(400, "POST", "/api/stream/reprioritize", `{"tokenId":99,"updatePriority":1}`)
	if got := r.data()["tokenId"]; got != "Invalid TokenId (99) for AccountId (5001)" {
		t.Errorf("got %q", got)
	}
}

// A feed that was published with an explicit priority= ignores the token's.
func TestReprioritize_doesNotMoveAnExplicitPriority(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, new(int32(1)))
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show, Priority: new(int32(50))})
	a.reprioritize(id, 99)
	a.at(1000)
	feeds := a.Feeds(show)
	if len(feeds) != 1 || feeds[0].Priority == nil || *feeds[0].Priority != 50 {
		t.Errorf("got %+v, want one feed with priority 50", feeds)
	}
}

// Update Token with a new priority changes nothing on air until the feed restarts.
func TestUpdateToken_priorityWaitsForARestart(t *testing.T) {
	t.Parallel()
	for name, update := range map[string]func(*account, int64){
		"by call":         func(a *account, id int64) { a.call(200, "PUT", v2(id), `{"priority":30}`) },
		"by the old call": func(a *account, id int64) { a.call(200, "PUT", v1(id), `{"priority":30}`) },
		"by dashboard":    func(a *account, id int64) { a.SetPriority(id, new(int32(30))) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t)
			main, spare := a.token("main", show, new(int32(20))), a.token("spare", show, new(int32(10)))
			a.StartEncoder(emulator.Encoder{TokenID: main, Stream: show})
			encoder := a.StartEncoder(emulator.Encoder{TokenID: spare, Stream: show})
			update(a, spare)
			a.at(5000)
			if len(a.Disconnections()) != 0 || a.onAir() != "main" {
				t.Fatal("something changed on air")
			}
			a.RestartEncoder(encoder)
			a.at(6000)
			if a.onAir() != "spare" {
				t.Error("the restarted feed does not have the new priority")
			}
		})
	}
}

func TestMaxAway_countsWhoIsAwayAtTheSameTime(t *testing.T) {
	t.Parallel()
	a := open(t)
	one, two := a.token("one", show, nil), a.token("two", show, nil)
	a.StartEncoder(emulator.Encoder{TokenID: one, Stream: show})
	a.StartEncoder(emulator.Encoder{TokenID: two, Stream: show})
	a.reprioritize(one, 1)
	a.at(300) // back at this very instant
	a.reprioritize(two, 2)
	a.at(1000)
	if got := a.MaxAway(show); got != 1 {
		t.Errorf("%d away after one at a time, want 1", got)
	}
	a.reprioritize(one, 3)
	a.at(1299)
	a.reprioritize(two, 4)
	if got := a.MaxAway(show); got != 2 {
		t.Errorf("%d away after two at a time, want 2", got)
	}
}

func TestMaxAway_countsReprioritizedEncodersOnly(t *testing.T) {
	t.Parallel()
	a := open(t)
	id := a.token("main", show, nil)
	encoder := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.call(200, "POST", "/api/stream/stop/all", nil)
	a.at(1000)
	a.RestartEncoder(encoder)
	a.at(2000)
	if got := a.MaxAway(show); got != 0 {
		t.Errorf("%d away, want none", got)
	}
	// An encoder that is given up is not away any more.
	a.reprioritize(id, 1)
	a.StopEncoder(encoder)
	a.StartEncoder(emulator.Encoder{TokenID: id, Stream: show})
	a.reprioritize(id, 2)
	if got := a.MaxAway(show); got != 1 {
		t.Errorf("%d away, want 1", got)
	}
}
