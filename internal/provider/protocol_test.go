package provider

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// The tests of this file's kind speak the plugin protocol themselves, for what
// the CLI hides from a test: warnings, the exact text of a diagnostic, and
// plans of configurations with unknown values.
//
//	c := newProtocolClient(t, providerConfig(srv))
//	token, _ := c.create("millicast_publish_token", values{"label": "a", "streams": []any{values{"stream_name": "s"}}})
//	plan := c.plan("millicast_publish_token", token, values{…})
//	plan.diagnostics.warnings()

// values are attributes by name. A missing one is null.
type values = map[string]any

// unknown stands for a value that is known after apply.
type unknown struct{}

// providerConfig is providerBlock for a protocolClient.
func providerConfig(srv *emulator.Server) values {
	return values{"base_url": srv.URL(), "api_secret": srv.Secret(), "account_id": srv.Account()}
}

// protocolClient is Terraform's side of the plugin protocol, for one run of a
// provider. As in a run, plan and apply have providers of their own.
type protocolClient struct {
	t       testing.TB
	server  tfprotov6.ProviderServer
	schemas *tfprotov6.GetProviderSchemaResponse
}

// newProtocolClient starts and configures a provider. Whatever configuring it
// has to say fails the test; see configureProvider for tests of just that.
func newProtocolClient(t testing.TB, config values) *protocolClient {
	t.Helper()
	c, diags := configureProvider(t, config)
	if len(diags) != 0 {
		t.Fatalf("configuring the provider: %v", diags)
	}
	return c
}

// configureProvider starts a provider and returns what configuring it says.
func configureProvider(t testing.TB, config values) (*protocolClient, diagnostics) {
	t.Helper()
	return configureProviderWithJournal(t, "", config)
}

func configureProviderWithJournal(t testing.TB, dir string, config values) (*protocolClient, diagnostics) {
	t.Helper()
	server, err := factoriesWithJournal(dir)["millicast"]()
	if err != nil {
		t.Fatal(err)
	}
	c := &protocolClient{t: t, server: server}
	c.schemas, err = server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.must(err)
	c.mustBeEmpty("reading the schemas", newDiagnostics(c.schemas.Diagnostics))

	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.11.4",
		Config:           c.pack(c.schemas.Provider.Block, config),
	})
	c.must(err)
	return c, newDiagnostics(resp.Diagnostics)
}

// instance is a resource in a state. A nil instance does not exist.
type instance struct {
	value    tftypes.Value
	private  []byte
	identity *tfprotov6.ResourceIdentityData
}

// attribute returns a top-level attribute: nil, unknown{}, bool, string, int64,
// []any or values.
func (i *instance) attribute(name string) any {
	return attributesOf(i.value)[name]
}

// attributesOf returns the attributes of a whole state or configuration.
func attributesOf(v tftypes.Value) values {
	attributes, _ := fromTerraform(v).(values)
	return attributes
}

// plannedChange is what a plan says about a resource.
type plannedChange struct {
	diagnostics diagnostics
	replace     []string // paths of the attributes that require a replacement
	noop        bool     // the planned state is the prior one

	prior   *instance
	config  values
	planned *instance
}

// attribute returns a top-level attribute of the planned state.
func (p plannedChange) attribute(name string) any { return p.planned.attribute(name) }

// validate runs the validation of a resource's configuration.
func (c *protocolClient) validate(typeName string, config values) diagnostics {
	c.t.Helper()
	resp, err := c.server.ValidateResourceConfig(c.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName:           typeName,
		Config:             c.pack(c.resourceBlock(typeName), config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	c.must(err)
	return newDiagnostics(resp.Diagnostics)
}

// plan plans a change. A nil prior is a creation, a nil config a destruction.
func (c *protocolClient) plan(typeName string, prior *instance, config values) plannedChange {
	c.t.Helper()
	block := c.resourceBlock(typeName)
	req := &tfprotov6.PlanResourceChangeRequest{
		TypeName:         typeName,
		PriorState:       c.packInstance(block, prior),
		Config:           c.pack(block, config),
		ProposedNewState: c.packValue(block, proposedNewState(block, prior, config)),
	}
	if prior != nil {
		req.PriorPrivate, req.PriorIdentity = prior.private, prior.identity
	}
	resp, err := c.server.PlanResourceChange(c.t.Context(), req)
	c.must(err)

	change := plannedChange{
		diagnostics: newDiagnostics(resp.Diagnostics),
		prior:       prior,
		config:      config,
		planned: &instance{
			value:    c.unpack(block, resp.PlannedState),
			private:  resp.PlannedPrivate,
			identity: resp.PlannedIdentity,
		},
	}
	for _, p := range resp.RequiresReplace {
		change.replace = append(change.replace, pathString(p))
	}
	change.noop = prior != nil && change.planned.value.Equal(prior.value)
	return change
}

// apply carries a planned change out. A change that requires a replacement is
// the caller's to take apart, as Terraform does: destroy, then create.
func (c *protocolClient) apply(typeName string, change plannedChange) (*instance, diagnostics) {
	c.t.Helper()
	return c.applyUntil(c.t.Context(), typeName, change)
}

// applyUntil is apply by a CLI that is gone at the end of ctx.
func (c *protocolClient) applyUntil(ctx context.Context, typeName string, change plannedChange) (*instance, diagnostics) {
	c.t.Helper()
	block := c.resourceBlock(typeName)
	resp, err := c.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName:        typeName,
		PriorState:      c.packInstance(block, change.prior),
		PlannedState:    c.packValue(block, change.planned.value),
		Config:          c.pack(block, change.config),
		PlannedPrivate:  change.planned.private,
		PlannedIdentity: change.planned.identity,
	})
	c.must(err)
	return c.instance(block, resp.NewState, resp.Private, resp.NewIdentity), newDiagnostics(resp.Diagnostics)
}

// create plans and applies a new resource, and fails the test on any error.
func (c *protocolClient) create(typeName string, config values) *instance {
	c.t.Helper()
	return c.update(typeName, nil, config)
}

// update plans and applies a change, and fails the test on any error.
func (c *protocolClient) update(typeName string, prior *instance, config values) *instance {
	c.t.Helper()
	change := c.plan(typeName, prior, config)
	c.mustBeEmpty("planning "+typeName, change.diagnostics.errors())
	applied, diags := c.apply(typeName, change)
	c.mustBeEmpty("applying "+typeName, diags.errors())
	c.mustConform(change.planned.value, applied.value)
	return applied
}

// mustConform fails the test if a value is not what the plan had promised, as
// Terraform fails the apply.
func (c *protocolClient) mustConform(planned, applied tftypes.Value) {
	c.t.Helper()
	after := attributesOf(applied)
	for name, promised := range attributesOf(planned) {
		if !conforms(promised, after[name]) {
			c.t.Fatalf("inconsistent result after apply: %s: planned %v, is %v", name, promised, after[name])
		}
	}
}

func conforms(planned, applied any) bool {
	switch planned := planned.(type) {
	case unknown:
		return applied != unknown{}
	case values:
		after, ok := applied.(values)
		for name, promised := range planned {
			ok = ok && conforms(promised, after[name])
		}
		return ok
	case []any:
		after, ok := applied.([]any)
		return ok && len(after) == len(planned) && !slices.ContainsFunc(planned, func(p any) bool {
			return !slices.ContainsFunc(after, func(a any) bool { return conforms(p, a) })
		})
	default:
		return planned == applied
	}
}

// read refreshes a resource. It returns nil if the resource is gone.
func (c *protocolClient) read(typeName string, prior *instance) (*instance, diagnostics) {
	c.t.Helper()
	block := c.resourceBlock(typeName)
	resp, err := c.server.ReadResource(c.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName:        typeName,
		CurrentState:    c.packInstance(block, prior),
		Private:         prior.private,
		CurrentIdentity: prior.identity,
	})
	c.must(err)
	return c.instance(block, resp.NewState, resp.Private, resp.NewIdentity), newDiagnostics(resp.Diagnostics)
}

// importByID imports a resource and reads it, as Terraform does.
func (c *protocolClient) importByID(typeName, id string) (*instance, diagnostics) {
	c.t.Helper()
	resp, err := c.server.ImportResourceState(c.t.Context(), &tfprotov6.ImportResourceStateRequest{TypeName: typeName, ID: id})
	c.must(err)
	diags := newDiagnostics(resp.Diagnostics)
	if len(diags.errors()) != 0 || len(resp.ImportedResources) != 1 {
		return nil, diags
	}
	got := resp.ImportedResources[0]
	imported, more := c.read(typeName, c.instance(c.resourceBlock(typeName), got.State, got.Private, got.Identity))
	return imported, append(diags, more...)
}

// readData reads a data source.
func (c *protocolClient) readData(typeName string, config values) (values, diagnostics) {
	c.t.Helper()
	schema, ok := c.schemas.DataSourceSchemas[typeName]
	if !ok {
		c.t.Fatalf("no data source %s", typeName)
	}
	validated, err := c.server.ValidateDataResourceConfig(c.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: typeName,
		Config:   c.pack(schema.Block, config),
	})
	c.must(err)
	if diags := newDiagnostics(validated.Diagnostics); len(diags.errors()) != 0 {
		return nil, diags
	}
	resp, err := c.server.ReadDataSource(c.t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: typeName,
		Config:   c.pack(schema.Block, config),
	})
	c.must(err)
	diags := newDiagnostics(resp.Diagnostics)
	if len(diags.errors()) != 0 {
		return nil, diags
	}
	return attributesOf(c.unpack(schema.Block, resp.State)), diags
}

func (c *protocolClient) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *protocolClient) mustBeEmpty(doing string, diags diagnostics) {
	c.t.Helper()
	if len(diags) != 0 {
		c.t.Fatalf("%s: %v", doing, diags)
	}
}

func (c *protocolClient) resourceBlock(typeName string) *tfprotov6.SchemaBlock {
	c.t.Helper()
	schema, ok := c.schemas.ResourceSchemas[typeName]
	if !ok {
		c.t.Fatalf("no resource %s", typeName)
	}
	return schema.Block
}

func (c *protocolClient) instance(block *tfprotov6.SchemaBlock, state *tfprotov6.DynamicValue, private []byte, identity *tfprotov6.ResourceIdentityData) *instance {
	c.t.Helper()
	value := c.unpack(block, state)
	if value.IsNull() {
		return nil
	}
	return &instance{value: value, private: private, identity: identity}
}

func (c *protocolClient) pack(block *tfprotov6.SchemaBlock, v values) *tfprotov6.DynamicValue {
	c.t.Helper()
	return c.packValue(block, blockValue(block, v))
}

func (c *protocolClient) packInstance(block *tfprotov6.SchemaBlock, i *instance) *tfprotov6.DynamicValue {
	c.t.Helper()
	if i == nil {
		return c.pack(block, nil)
	}
	return c.packValue(block, i.value)
}

func (c *protocolClient) packValue(block *tfprotov6.SchemaBlock, v tftypes.Value) *tfprotov6.DynamicValue {
	c.t.Helper()
	packed, err := tfprotov6.NewDynamicValue(block.ValueType(), v)
	c.must(err)
	return &packed
}

func (c *protocolClient) unpack(block *tfprotov6.SchemaBlock, v *tfprotov6.DynamicValue) tftypes.Value {
	c.t.Helper()
	if v == nil {
		return tftypes.NewValue(block.ValueType(), nil)
	}
	value, err := v.Unmarshal(block.ValueType())
	c.must(err)
	return value
}

// blockValue makes a whole configuration from its attributes. nil is null.
func blockValue(block *tfprotov6.SchemaBlock, v values) tftypes.Value {
	if v == nil {
		return tftypes.NewValue(block.ValueType(), nil)
	}
	return toTerraform(block.ValueType(), v)
}

func toTerraform(typ tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case nil:
		return tftypes.NewValue(typ, nil)
	case unknown:
		return tftypes.NewValue(typ, tftypes.UnknownValue)
	case int, int32, int64:
		n, _ := new(big.Float).SetString(fmt.Sprint(v))
		return tftypes.NewValue(typ, n)
	case []any:
		elements := make([]tftypes.Value, 0, len(v))
		for _, element := range v {
			elements = append(elements, toTerraform(elementType(typ), element))
		}
		return tftypes.NewValue(typ, elements)
	case values:
		attributes := make(map[string]tftypes.Value)
		object, ok := typ.(tftypes.Object)
		if !ok {
			for name, element := range v {
				attributes[name] = toTerraform(elementType(typ), element)
			}
			return tftypes.NewValue(typ, attributes)
		}
		for name := range v {
			if _, ok := object.AttributeTypes[name]; !ok {
				panic("no attribute " + name + " in the schema")
			}
		}
		for name, attributeType := range object.AttributeTypes {
			attributes[name] = toTerraform(attributeType, v[name])
		}
		return tftypes.NewValue(typ, attributes)
	default:
		return tftypes.NewValue(typ, v)
	}
}

func elementType(typ tftypes.Type) tftypes.Type {
	switch typ := typ.(type) {
	case tftypes.List:
		return typ.ElementType
	case tftypes.Set:
		return typ.ElementType
	case tftypes.Map:
		return typ.ElementType
	default:
		panic(fmt.Sprintf("%s has no elements", typ))
	}
}

func fromTerraform(v tftypes.Value) any {
	if !v.IsKnown() {
		return unknown{}
	}
	if v.IsNull() {
		return nil
	}
	var (
		text       string
		flag       bool
		number     big.Float
		elements   []tftypes.Value
		attributes map[string]tftypes.Value
	)
	switch {
	case v.As(&text) == nil:
		return text
	case v.As(&flag) == nil:
		return flag
	case v.As(&number) == nil:
		n, _ := number.Int64()
		return n
	case v.As(&elements) == nil:
		list := make([]any, 0, len(elements))
		for _, element := range elements {
			list = append(list, fromTerraform(element))
		}
		return list
	case v.As(&attributes) == nil:
		object := make(values, len(attributes))
		for name, attribute := range attributes {
			object[name] = fromTerraform(attribute)
		}
		return object
	default:
		panic("no Go value for " + v.String())
	}
}

// proposedNewState is Terraform's merge of a configuration with the prior
// state: what is computed and not configured stays, or is unknown if it is new.
func proposedNewState(block *tfprotov6.SchemaBlock, prior *instance, config values) tftypes.Value {
	if config == nil {
		return tftypes.NewValue(block.ValueType(), nil)
	}
	var before any
	if prior != nil {
		before = fromTerraform(prior.value)
	}
	return blockValue(block, proposedObject(block.Attributes, before, config))
}

func proposedObject(attributes []*tfprotov6.SchemaAttribute, prior any, config values) values {
	before, existed := prior.(values)
	proposed := make(values, len(attributes))
	for _, a := range attributes {
		configured := config[a.Name]
		switch {
		case configured == nil && a.Computed && existed:
			proposed[a.Name] = before[a.Name]
		case configured == nil && a.Computed:
			proposed[a.Name] = unknown{}
		case configured == nil || a.NestedType == nil:
			proposed[a.Name] = configured
		default:
			proposed[a.Name] = proposedNested(a.NestedType, before[a.Name], configured)
		}
	}
	return proposed
}

func proposedNested(nested *tfprotov6.SchemaObject, prior, config any) any {
	switch config := config.(type) {
	case values:
		return proposedObject(nested.Attributes, prior, config)
	case []any:
		before, _ := prior.([]any)
		proposed := make([]any, 0, len(config))
		for i, element := range config {
			object, ok := element.(values)
			if !ok {
				proposed = append(proposed, element)
				continue
			}
			var match any
			if nested.Nesting == tfprotov6.SchemaObjectNestingModeSet {
				if j := slices.IndexFunc(before, func(b any) bool { return fits(nested, b, object) }); j >= 0 {
					match = before[j]
				}
			} else if i < len(before) {
				match = before[i]
			}
			proposed = append(proposed, proposedObject(nested.Attributes, match, object))
		}
		return proposed
	default:
		return config
	}
}

// fits reports whether a prior set element can be the configured one: all that
// is not left to the provider is equal.
func fits(nested *tfprotov6.SchemaObject, prior any, config values) bool {
	before, ok := prior.(values)
	if !ok {
		return false
	}
	for _, a := range nested.Attributes {
		if a.Computed && config[a.Name] == nil {
			continue
		}
		if fmt.Sprint(before[a.Name]) != fmt.Sprint(config[a.Name]) {
			return false
		}
	}
	return true
}

// diagnostic is an error or a warning, as Terraform shows it.
type diagnostic struct {
	warning bool
	path    string // such as `streams[0].stream_name`; the index of a set element is left empty
	summary string
	detail  string
}

// String prints a diagnostic the way the CLI does, without the decoration.
func (d diagnostic) String() string {
	severity := "Error"
	if d.warning {
		severity = "Warning"
	}
	if d.path != "" {
		severity += " at " + d.path
	}
	return severity + ": " + d.summary + "\n\n" + d.detail
}

type diagnostics []diagnostic

func newDiagnostics(from []*tfprotov6.Diagnostic) diagnostics {
	var diags diagnostics
	for _, d := range from {
		one := diagnostic{
			warning: d.Severity == tfprotov6.DiagnosticSeverityWarning,
			path:    pathString(d.Attribute),
			summary: d.Summary,
			detail:  d.Detail,
		}
		said.add(one)
		diags = append(diags, one)
	}
	return diags
}

func (d diagnostics) warnings() diagnostics {
	return slices.DeleteFunc(slices.Clone(d), func(d diagnostic) bool { return !d.warning })
}

func (d diagnostics) errors() diagnostics {
	return slices.DeleteFunc(slices.Clone(d), func(d diagnostic) bool { return d.warning })
}

// String joins all diagnostics, for a comparison with the whole expected text.
func (d diagnostics) String() string {
	texts := make([]string, 0, len(d))
	for _, one := range d {
		texts = append(texts, one.String())
	}
	return strings.Join(texts, "\n---\n")
}

func pathString(p *tftypes.AttributePath) string {
	if p == nil {
		return ""
	}
	var b strings.Builder
	for _, step := range p.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(string(step))
		case tftypes.ElementKeyInt:
			fmt.Fprintf(&b, "[%d]", int64(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&b, "[%q]", string(step))
		default:
			b.WriteString("[]")
		}
	}
	return b.String()
}
