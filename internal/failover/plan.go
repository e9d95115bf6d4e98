package failover

import "math"

// Plan is how an order is reached.
type Plan struct {
	Assignments []Assignment // for every token, in the wanted order
	Steps       []Step       // the calls, one after the other
}

// Step is one call of Reprioritize, and what viewers see of it.
type Step struct {
	TokenID  int64
	Priority Priority
	Impacts  []Impact // one for each stream and source that the token feeds; none if it is idle
}

// Verdict is the worst of the step's impacts.
func (s Step) Verdict() Verdict { return worst(s.Impacts) }

// NewPlan assigns priorities to the tokens of a stream, given in the wanted
// order, and arranges the calls. Live are the live feeds of all tokens, also on
// other streams that a call would disconnect.
//
// The error says that a token is named twice.
func NewPlan(stream string, order []Token, live []Feed) (Plan, error) {
	assignments, err := Assign(stream, order, live)
	if err != nil {
		return Plan{}, err
	}
	return Plan{Assignments: assignments, Steps: Arrange(assignments, live)}, nil
}

// Arrange puts the calls for the changed assignments in the order that viewers
// notice least. Whatever can be done behind the feed on air comes first; then
// the new primary takes over, so that what is left is behind it; a feed that
// viewers watch is cut last, if it has to be.
func Arrange(assignments []Assignment, live []Feed) []Step {
	var steps []Step
	var waiting []Assignment
	for _, a := range assignments {
		if a.Changed {
			waiting = append(waiting, a)
		}
	}

	s := newStage(live)
	for len(waiting) > 0 {
		// What is not noticed changes nothing for the others.
		noticed := waiting[:0:0]
		for _, a := range waiting {
			if trouble(s.impacts(a.TokenID, a.Priority)) == 0 {
				steps = append(steps, s.step(a))
				continue
			}
			noticed = append(noticed, a)
		}
		if waiting = noticed; len(waiting) == 0 {
			break
		}
		next := gentlest(s, waiting)
		steps = append(steps, s.step(waiting[next]))
		waiting = append(waiting[:next:next], waiting[next+1:]...)
	}
	return steps
}

// Worst is the worst verdict of the steps.
func Worst(steps []Step) Verdict {
	v := Unnoticed
	for _, step := range steps {
		v = max(v, step.Verdict())
	}
	return v
}

func (s *stage) step(a Assignment) Step {
	return Step{TokenID: a.TokenID, Priority: a.Priority, Impacts: s.carryOut(a.TokenID, a.Priority)}
}

// gentlest returns the index of the call that viewers notice least; among
// equals the one that comes first in the order.
func gentlest(s *stage, waiting []Assignment) int {
	best, least := 0, math.MaxInt
	for i, a := range waiting {
		if n := trouble(s.impacts(a.TokenID, a.Priority)); n < least {
			best, least = i, n
		}
	}
	return best
}

// trouble weighs what viewers notice of a call. To come back on a tie is worse
// than to take over, since nobody knows what happens then.
func trouble(impacts []Impact) int {
	n := 0
	for _, impact := range impacts {
		n = max(n, 2*int(impact.Verdict))
		if impact.After.Ambiguous {
			n = max(n, 2*int(TakesOver)+1)
		}
	}
	return n
}

func worst(impacts []Impact) Verdict {
	v := Unnoticed
	for _, impact := range impacts {
		v = max(v, impact.Verdict)
	}
	return v
}
