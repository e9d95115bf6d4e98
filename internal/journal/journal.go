// Package journal keeps notes on disk of work that is under way. A note that is
// still there when nobody works any more tells the next run that this one was
// killed, and what it was about.
//
// Each note has a lock that its process holds. The operating system gives locks
// back when a process ends, however it ends, so a note of a process that lives is
// never taken for one that was left.
package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// Journal is a folder of notes. The zero value keeps none and finds none.
type Journal struct {
	dir   string
	scope string
	taken *sync.Mutex // while notes are looked at, which takes their locks
}

// In returns the journal in a folder, which is made when there is something to
// note. Notes of another scope, such as another account, are not seen.
func In(dir, scope string) Journal {
	return Journal{dir: dir, scope: scope, taken: new(sync.Mutex)}
}

// Note is one note, which nobody else has. The zero value stands for one that
// is not kept anywhere.
type Note struct {
	path string
	lock *flock.Flock
	text []byte
}

// Begin notes work of a kind on one thing, in JSON. The note is on the disk when
// Begin returns. An error says that it is not: a death would go unnoticed.
func (j Journal) Begin(kind, thing string, what any) (Note, error) {
	if j.dir == "" {
		return Note{}, nil
	}
	text, err := json.Marshal(what)
	if err != nil {
		return Note{}, err
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return Note{}, err
	}
	// The lock comes first: a note without one would count as left.
	note, ok := take(filepath.Join(j.dir, j.prefix(kind, thing)+rand.Text()+noteSuffix))
	if !ok {
		return Note{}, fmt.Errorf("%s can't be locked", note.path)
	}
	if err := write(note.path, text); err != nil {
		note.Done()
		return Note{}, err
	}
	note.text = text
	return note, nil
}

func write(path string, text []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

// Left returns the notes of such work whose processes are gone. Nobody else gets
// them until each is [Note.Done] or [Note.Keep].
func (j Journal) Left(kind, thing string) []Note {
	if j.dir == "" {
		return nil
	}
	j.taken.Lock()
	defer j.taken.Unlock()
	return j.left(kind, thing)
}

// Peek returns what [Journal.Left] would, to be read and not to be taken.
func (j Journal) Peek(kind, thing string) []Note {
	if j.dir == "" {
		return nil
	}
	j.taken.Lock()
	defer j.taken.Unlock()
	notes := j.left(kind, thing)
	for _, note := range notes {
		note.Keep()
	}
	return notes
}

func (j Journal) left(kind, thing string) []Note {
	entries, _ := os.ReadDir(j.dir) // Most often there is no folder, since there was nothing to note.
	var left []Note
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), j.prefix(kind, thing)) || !strings.HasSuffix(entry.Name(), noteSuffix) {
			continue
		}
		note, ok := take(filepath.Join(j.dir, entry.Name()))
		if !ok {
			continue
		}
		// Its process may have finished since the folder was read.
		text, err := os.ReadFile(note.path)
		if err != nil || !json.Valid(text) {
			note.Done()
			continue
		}
		note.text = text
		left = append(left, note)
	}
	return left
}

// Forget removes what was left of such work.
func (j Journal) Forget(kind, thing string) {
	for _, note := range j.Left(kind, thing) {
		note.Done()
	}
}

const (
	noteSuffix = ".json"
	lockSuffix = ".lock"
)

// prefix begins the names of the files of one thing, which itself may hold what
// no file name can.
func (j Journal) prefix(kind, thing string) string {
	sum := sha256.Sum256([]byte(j.scope + "\x00" + thing))
	return kind + "-" + hex.EncodeToString(sum[:8]) + "-"
}

// take locks a note, and reports false if somebody has it.
func take(path string) (Note, bool) {
	note := Note{path: path, lock: flock.New(path + lockSuffix)}
	locked, err := note.lock.TryLock()
	return note, err == nil && locked
}

// Read decodes what was noted.
func (n Note) Read(what any) error { return json.Unmarshal(n.text, what) }

// Done removes the note: the work is finished, or it is known elsewhere.
func (n Note) Done() {
	if n.lock == nil {
		return
	}
	_ = os.Remove(n.path)
	_ = n.lock.Close() // Some systems remove no file that is open.
	_ = os.Remove(n.lock.Path())
}

// Keep leaves the note to a later run.
func (n Note) Keep() {
	if n.lock != nil {
		_ = n.lock.Close()
	}
}
