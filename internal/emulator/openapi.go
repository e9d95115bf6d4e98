package emulator

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
)

//go:embed openapi.yaml
var openapiYAML []byte

// description is the API description that requests and answers are held to. It
// is loaded once for all servers; nobody changes it.
var description = sync.OnceValue(func() *openapi3.T {
	doc, err := openapi3.NewLoader().LoadFromData(openapiYAML)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		panic(fmt.Sprintf("emulator: openapi.yaml: %v", err))
	}
	return doc
})

// Description returns the OpenAPI description, in YAML, of the calls that the
// emulator answers.
func Description() []byte { return bytes.Clone(openapiYAML) }

// operation is one call of the description as one request makes it.
type operation struct {
	id     string // operationId
	values url.Values
	input  *openapi3filter.RequestValidationInput
}

// findOperation returns the operation that r asks for at the described path,
// and false if the path has no such method.
func findOperation(path string, r *http.Request) (*operation, bool) {
	doc := description()
	item := doc.Paths.Value(path)
	op := item.GetOperation(r.Method)
	if op == nil {
		return nil, false
	}

	params := make(map[string]string)
	for _, p := range op.Parameters {
		if p.Value.In == openapi3.ParameterInPath {
			params[p.Value.Name] = r.PathValue(p.Value.Name)
		}
	}

	values := r.URL.Query()
	return &operation{id: op.OperationID, values: values, input: &openapi3filter.RequestValidationInput{
		Request:     r,
		PathParams:  params,
		QueryParams: values,
		Route:       &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: op},
		Options: &openapi3filter.Options{
			AuthenticationFunc:                openapi3filter.NoopAuthenticationFunc,
			MultiError:                        true,
			RejectWhenRequestBodyNotSpecified: true,
			SkipSettingDefaults:               true,
		},
	}}, true
}

// unknownNames returns the query parameters and JSON properties of a request
// that the description does not have, the latter as dotted paths.
func (o *operation) unknownNames(body any) []string {
	var unknown []string
	for name := range o.values {
		if o.input.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			unknown = append(unknown, "query parameter "+name)
		}
	}
	if content := o.input.Route.Operation.RequestBody; content != nil {
		for _, key := range unknownKeys(content.Value.Content.Get(jsonType).Schema.Value, body, "") {
			unknown = append(unknown, "property "+key)
		}
	}
	slices.Sort(unknown)
	return unknown
}

// unknownKeys returns the dotted paths of the keys in value that schema does
// not describe.
func unknownKeys(schema *openapi3.Schema, value any, path string) []string {
	var unknown []string
	switch value := value.(type) {
	case map[string]any:
		properties := propertiesOf(schema)
		for key, v := range value {
			property, ok := properties[key]
			switch {
			case ok:
				unknown = append(unknown, unknownKeys(property.Value, v, path+key+".")...)
			case len(properties) > 0:
				unknown = append(unknown, path+key)
			}
		}
	case []any:
		if schema.Items == nil {
			return nil
		}
		for i, v := range value {
			unknown = append(unknown, unknownKeys(schema.Items.Value, v, fmt.Sprintf("%s%d.", path, i))...)
		}
	}
	return unknown
}

// propertiesOf returns the properties of an object's schema. A nullable
// reference is written as an allOf with one member, so those count too.
func propertiesOf(schema *openapi3.Schema) openapi3.Schemas {
	properties := schema.Properties
	for _, member := range schema.AllOf {
		if len(properties) == 0 {
			properties = propertiesOf(member.Value)
		}
	}
	return properties
}

// checkRequest validates a request, whose body has been read already, and
// returns what to answer if it is not valid, else nil.
func (o *operation) checkRequest(body []byte) *answer {
	r := o.input.Request
	r.Body, r.GetBody = io.NopCloser(bytes.NewReader(body)), nil
	r.ContentLength = int64(len(body))

	if mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); len(body) > 0 && mediaType != jsonType {
		return errored(http.StatusUnsupportedMediaType, fmt.Sprintf("Content-Type %q is not application/json", mediaType))
	}
	err := openapi3filter.ValidateRequest(r.Context(), o.input)
	if err == nil {
		return nil
	}

	problems := make(problems)
	problems.collect("request", err)
	// The API words the trouble of a query by field, that of a body in a list.
	if len(body) == 0 {
		return failed(problems.first())
	}
	return failed(map[string]any{"errors": problems, "message": "The request is not valid."})
}

// checkAnswer validates an answer of the emulator.
func (o *operation) checkAnswer(status int, header http.Header, body []byte) error {
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: o.input,
		Status:                 status,
		Header:                 header,
		Options:                &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	if err := openapi3filter.ValidateResponse(o.input.Request.Context(), input.SetBodyBytes(body)); err != nil {
		problems := make(problems)
		problems.collect("answer", err)
		return fmt.Errorf("%s answered %d outside its description: %s", o.id, status, problems)
	}
	return nil
}

// problems are messages by field.
type problems map[string][]string

// collect adds what a validation said about field and what is below it.
func (p problems) collect(field string, err error) {
	// The validator builds these as a tree and does not wrap its nodes.
	switch err := err.(type) { //nolint:errorlint // See above: errors.As would find the first leaf only.
	case openapi3.MultiError:
		for _, one := range err {
			p.collect(field, one)
		}
	case *openapi3filter.RequestError:
		if err.Parameter != nil {
			field = err.Parameter.Name
		}
		p.descend(field, err.Reason, err.Err)
	case *openapi3filter.ResponseError:
		p.descend(field, err.Reason, err.Err)
	case *openapi3.SchemaError:
		if pointer := err.JSONPointer(); len(pointer) > 0 {
			field = strings.Join(pointer, ".")
		}
		p.descend(field, err.Reason, err.Origin)
	default:
		p.add(field, err.Error())
	}
}

// descend collects the cause of a problem, or the reason where there is none.
func (p problems) descend(field, reason string, cause error) {
	if cause == nil {
		// A nested problem comes with a dump of its schema, which is no message.
		reason, _, _ = strings.Cut(reason, "\nSchema:")
		p.add(field, reason)
		return
	}
	p.collect(field, cause)
}

func (p problems) add(field, message string) { p[field] = append(p[field], message) }

// first returns the first message of each field.
func (p problems) first() map[string]string {
	first := make(map[string]string, len(p))
	for field, messages := range p {
		first[field] = messages[0]
	}
	return first
}

// String returns the problems as JSON.
func (p problems) String() string {
	text, _ := json.Marshal(map[string][]string(p))
	return string(text)
}
