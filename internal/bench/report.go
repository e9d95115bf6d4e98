package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Between these lines of a page stands what the bench printed last.
const (
	reportBegin = "<!-- bench: what `make bench` printed -->"
	reportEnd   = "<!-- end of bench -->"
)

// report collects what is printed, to be put into a page.
type report struct{ strings.Builder }

// line prints a line at once.
func (r *report) line(text string) {
	fmt.Println(text)
	r.WriteString(text + "\n")
}

// table prints a table in Markdown, row by row as they are measured.
func (r *report) table(title string, columns ...string) {
	r.line("\n### " + title + "\n")
	r.row(columns...)
	r.line("|" + strings.Repeat(" ---: |", len(columns)))
}

func (r *report) row(cells ...string) { r.line("| " + strings.Join(cells, " | ") + " |") }

// into puts the report into a page, in place of the one there was.
func (r *report) into(page string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(text), reportBegin)
	_, after, closed := strings.Cut(rest, reportEnd)
	if !ok || !closed {
		return fmt.Errorf("%s lacks a line %q or, after it, %q", page, reportBegin, reportEnd)
	}
	return os.WriteFile(page, []byte(before+reportBegin+"\n\n"+strings.TrimSpace(r.String())+"\n\n"+reportEnd+after), 0o600)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

func mebibytes(bytes int64) string {
	if bytes == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.0f MiB", float64(bytes)/(1<<20))
}

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f", float64(a)/float64(b)) }
