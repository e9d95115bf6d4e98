package millicast

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// What people are shown of one answer. The API's own texts are a fraction of it.
const (
	maxTexts = 100  // texts
	maxText  = 1000 // characters of each
	maxPlain = 200  // characters of an answer that is not the API's
)

const emptyAnswer = "an empty answer"

// words are what a failing answer says, as it is: neither masked nor cut.
type words struct {
	status  string // the envelope's: "fail", "error"; "": none
	code    int
	message []string
	fields  []FieldError
	texts   []string // all of the above texts
	page    bool     // the answer is a web page
	plain   string   // a description, if the answer is not the API's
}

// parseWords reads an answer of any shape. The API's failures have no fixed
// one, and proxies in between have their own.
func parseWords(a answer) words {
	body := trimBody(a.body)
	var w words
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	switch {
	case len(body) == 0:
		w.plain = emptyAnswer
		return w
	case isPage(a, body):
		w.page = true
		w.plain = describePage(body)
		return w
	case decoder.Decode(&value) != nil || decoder.More():
		w.plain = string(body)
		return w
	}

	if envelope, ok := value.(map[string]any); ok {
		w.takeEnvelope(envelope)
	}
	w.collect("", value)
	if len(w.texts) == 0 {
		w.plain = "an answer without a message"
	}
	return w
}

// takeEnvelope takes what is not a text out of the envelope.
func (w *words) takeEnvelope(envelope map[string]any) {
	if status, ok := envelope["status"].(string); ok {
		w.status = status
		delete(envelope, "status")
	}
	if code, ok := envelope["code"].(json.Number); ok {
		if n, err := code.Int64(); err == nil {
			w.code = int(n)
			delete(envelope, "code")
		}
	}
}

// collect gathers the texts in value. The properties data, errors and message
// only hold things together; all others are names of fields.
func (w *words) collect(field string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			switch {
			case name == "data", name == "errors", name == "message":
				w.collect(field, value[name])
			case field == "":
				w.collect(name, value[name])
			case len(field) > maxPlain:
				w.collect(field, value[name])
			default:
				w.collect(field+"."+name, value[name])
			}
		}
	case []any:
		for _, element := range value {
			w.collect(field, element)
		}
	case nil:
	default:
		w.add(field, fmt.Sprint(value))
	}
}

func (w *words) add(field, text string) {
	if strings.TrimSpace(text) == "" || len(w.texts) == maxTexts {
		return
	}
	w.texts = append(w.texts, text)
	if field == "" {
		w.message = append(w.message, text)
	} else {
		w.fields = append(w.fields, FieldError{Field: field, Message: text})
	}
}

// fill puts the words into e, fit for people's eyes.
func (w *words) fill(e *Error, m mask) {
	e.Code = w.code
	lines := make([]string, 0, len(w.message))
	for _, text := range w.message {
		lines = append(lines, m.line(text, maxText))
	}
	if w.plain != "" {
		lines = append(lines, m.line(w.plain, maxPlain))
	}
	e.Message = strings.Join(slices.Compact(lines), "; ")
	for _, field := range w.fields {
		e.Fields = append(e.Fields, FieldError{
			Field:   m.line(field.Field, maxPlain),
			Message: m.line(field.Message, maxText),
		})
	}
	slices.SortStableFunc(e.Fields, func(a, b FieldError) int { return strings.Compare(a.Field, b.Field) })
}

func isPage(a answer, body []byte) bool {
	return body[0] == '<' && (strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || pageStart.Match(body))
}

var pageStart = regexp.MustCompile(`(?i)^<(!doctype html|html|head|body)`)

var pageTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

func describePage(body []byte) string {
	match := pageTitle.FindSubmatch(body)
	if match == nil {
		return "an HTML page without a title"
	}
	return "an HTML page titled " + strings.TrimSpace(html.UnescapeString(string(match[1])))
}

// trimBody cuts white space, and the mark that some servers put before JSON.
func trimBody(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\uFEFF")))
}
