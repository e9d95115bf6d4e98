package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/millicast/terraform-provider-millicast/internal/failover"
	"github.com/millicast/terraform-provider-millicast/internal/journal"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// A provider that is killed in the middle of an apply can't tell Terraform what it
// has done. Of a creation the state has nothing then, and of a change it loses the
// private part. Most of that the next refresh reads from the API. What can't be
// read there is noted in a journal before the call that it is about, and the note
// is removed when Terraform gets its answer.
const (
	noteCreate   = "create"   // by label and streams: the attempt
	noteUpdate   = "update"   // by token id: the marks
	notePriority = "priority" // by token id: what was known of it, and what would be
	noteOrder    = "order"    // by stream: the memory
)

// journalDir is where Terraform keeps what belongs to the working directory.
func journalDir() string {
	dir := os.Getenv("TF_DATA_DIR")
	if dir == "" {
		dir = ".terraform"
	}
	return filepath.Join(dir, "millicast")
}

// begin notes what is about to be called. Without a journal the call is made all
// the same: a folder that can't be written to is no reason to leave viewers
// without their switch.
func (s *services) begin(ctx context.Context, kind, thing string, what any) journal.Note {
	note, err := s.journal.Begin(kind, thing, what)
	if err != nil {
		logNoJournal(ctx, err)
	}
	return note
}

// end is for when Terraform is about to hear how the call has ended. Where the
// context is over there may be no Terraform left to hear it, so the note stays. If
// there is one, the next run finds in the note what it knows already.
func (s *services) end(ctx context.Context, note journal.Note) {
	if ctx.Err() != nil {
		note.Keep()
		return
	}
	note.Done()
}

// looks is by what the token of a create is told again.
func looks(create millicast.PublishTokenCreate) string {
	return millicast.Looks(create.Label, create.Streams)
}

// takeKilled looks for tokens that runs have begun to create which were killed
// then, and has the create that follows take one. settled is to be called after
// that create. ok is false if nothing must be created.
func (r *publishTokenResource) takeKilled(ctx context.Context, create millicast.PublishTokenCreate, diags *diag.Diagnostics) (settled func(), ok bool) {
	var done []journal.Note
	for _, note := range r.services.journal.Left(noteCreate, looks(create)) {
		var attempt millicast.Attempt
		if note.Read(&attempt) != nil {
			note.Done()
			continue
		}
		found, err := r.services.client.PublishTokens.Recover(ctx, create, attempt)
		if err != nil || len(found.Candidates) > 0 {
			note.Keep()
			diags.Append(killedDiagnostic(create.Label, found, err))
			continue
		}
		if found.ID != 0 {
			r.services.client.PublishTokens.Resume(create, found.ID)
		}
		done = append(done, note)
	}
	settled = func() {
		for _, note := range done {
			r.services.end(ctx, note)
		}
	}
	if diags.HasError() {
		for _, note := range done {
			note.Keep()
		}
		return nil, false
	}
	return settled, true
}

// planKilled says in the plan of a create that it may take a token.
func (r *publishTokenResource) planKilled(create millicast.PublishTokenCreate) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(r.services.journal.Peek(noteCreate, looks(create))) > 0 {
		diags.AddWarning("Creation was cut short", fmt.Sprintf("A run that was creating the publish token with the label %q was killed before Terraform heard of the token.\n\n"+
			"Nothing is to be done: this apply looks for the token, and takes it if it is there. There will be no second one.", create.Label))
	}
	return diags
}

func killedDiagnostic(label string, found millicast.Recovered, err error) diag.Diagnostic {
	tried := fmt.Sprintf("A run that was creating the publish token with the label %q was killed before Terraform heard of the token. ", label)
	if err != nil {
		return apiDiagnostic("create", "publish token", tried+"Looking whether it exists failed, so none was created.", err)
	}
	return diag.NewErrorDiagnostic("Unable to create publish token", tried+"It can't be told which token that is, so none was created.\n\n"+
		candidateWords(found.Candidates, false)+"\n\n"+
		fmt.Sprintf("If it is none of these, delete the folder %s and apply again: then a new token is made.", journalDir()))
}

// updateNote is what a change of a token may leave behind.
type updateNote struct {
	Imported bool `json:"imported"` // the token had that mark
	Restream bool `json:"restream"` // the list may be stored, and not with running broadcasts
}

// remark puts the marks back of a token whose change was cut short.
func (s *services) remark(ctx context.Context, id string, private keyWriter) (imported bool, diags diag.Diagnostics) {
	for _, note := range s.journal.Peek(noteUpdate, id) {
		var left updateNote
		if note.Read(&left) == nil && left.Restream {
			diags.Append(mark(ctx, private, markRestreamPending)...)
		}
		if left.Imported {
			imported = true
			diags.Append(mark(ctx, private, markImported)...)
		}
	}
	return imported, diags
}

// priorityNote is the memory of a token before a change of its priority, and
// after it.
type priorityNote struct {
	Before switchover.Memory `json:"before"`
	After  switchover.Memory `json:"after"`
}

// note has a change noted right before its call. The function that it returns is
// for when Terraform knows how it ended.
func (s *services) note(ctx context.Context, change *switchover.Change, memory switchover.Memory) (done func()) {
	var note journal.Note
	change.Begin = func(view switchover.View) {
		after := memory
		if !memory.Created {
			after.Created, after.Previous = true, view.Token.Priority
		}
		after.TokenID, after.Applied = change.TokenID, change.Priority
		note = s.begin(ctx, notePriority, fmt.Sprint(change.TokenID), priorityNote{Before: memory, After: after})
	}
	return func() { s.end(ctx, note) }
}

// recallKilled returns the memory of a token whose change of priority was cut
// short, by what is stored now.
func (s *services) recallKilled(id int64, stored failover.Priority) (switchover.Memory, bool) {
	var memory switchover.Memory
	for _, note := range s.journal.Peek(notePriority, fmt.Sprint(id)) {
		var left priorityNote
		switch {
		case note.Read(&left) != nil:
		case stored == failover.Number(left.After.Applied):
			memory = left.After
		case left.Before.Created:
			memory = left.Before
		}
	}
	return memory, memory.Created
}

// recallOrder returns which feeds of an order are known to have a priority of their
// own, of a change that was cut short.
func (s *services) recallOrder(stream string) map[int64][]switchover.ExplicitFeed {
	var memory switchover.OrderMemory
	for _, note := range s.journal.Peek(noteOrder, stream) {
		_ = note.Read(&memory) // if it fails, nothing is known
	}
	return memory.Explicit
}
