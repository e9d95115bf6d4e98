package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// core is Terraform for one resource. It does what the CLI does between two
// prompts: refresh, plan, apply; taint what a failed create has left, and replace
// it in the next run. Its order of calls is that of Terraform 1.11.
//
//	tf := newCore(t, publishTokenType)
//	diags := tf.apply(provider, config)
type core struct {
	t        *testing.T
	typeName string

	state   *instance // nil: none
	tainted bool
}

func newCore(t *testing.T, typeName string) *core {
	t.Helper()
	return &core{t: t, typeName: typeName}
}

// plannedRun is what a plan hands to the apply.
type plannedRun struct {
	state   *instance // as refreshed
	tainted bool
	change  plannedChange
	replace bool // the old one is destroyed first
	noop    bool
}

// apply is `terraform apply`. The diagnostics are those of plan and apply.
func (c *core) apply(provider, config values) diagnostics {
	c.t.Helper()
	plan, diags := c.plan(provider, config)
	if len(diags.errors()) != 0 {
		return diags // What was refreshed is not stored either.
	}
	c.state, c.tainted = plan.state, plan.tainted
	if plan.noop {
		return diags
	}
	return append(diags, c.carryOut(provider, plan)...)
}

// plan is `terraform plan`.
func (c *core) plan(provider, config values) (plannedRun, diagnostics) {
	c.t.Helper()
	p, diags := configureProvider(c.t, provider)
	if len(diags.errors()) != 0 {
		return plannedRun{}, diags
	}
	plan := plannedRun{state: c.state, tainted: c.tainted}
	if plan.state != nil {
		refreshed, more := p.read(c.typeName, plan.state)
		diags = append(diags, more...)
		if len(diags.errors()) != 0 {
			return plan, diags
		}
		plan.state, plan.tainted = refreshed, refreshed != nil && c.tainted
	}

	prior := plan.state
	if plan.tainted {
		prior = nil
	}
	plan.change = p.plan(c.typeName, prior, config)
	if prior != nil && len(plan.change.replace) != 0 && len(plan.change.diagnostics.errors()) == 0 {
		plan.replace = true
		plan.change = p.plan(c.typeName, c.nothing(plan.change.planned.private), config)
	}
	plan.replace = plan.replace || plan.tainted
	plan.noop = plan.change.noop
	return plan, append(diags, plan.change.diagnostics...)
}

// carryOut is the apply of a plan, with a provider of its own.
func (c *core) carryOut(provider values, plan plannedRun) diagnostics {
	c.t.Helper()
	p, diags := configureProvider(c.t, provider)
	if len(diags.errors()) != 0 {
		return diags
	}
	if plan.replace {
		diags = append(diags, c.delete(p, plan.change.planned.private)...)
		if len(diags.errors()) != 0 {
			return diags
		}
	}

	// Terraform plans once more before it applies, and holds the provider to the
	// plan that was shown.
	creates := c.state == nil
	change := p.plan(c.typeName, c.state, plan.change.config)
	diags = append(diags, change.diagnostics...)
	if len(diags.errors()) != 0 {
		return diags
	}
	c.mustAgree(plan.change, change)
	if change.noop {
		return diags
	}
	applied, more := p.apply(c.typeName, change)
	diags = append(diags, more...)
	failed := len(diags.errors()) != 0
	switch {
	case applied == nil && !failed:
		c.t.Fatal("the apply left nothing and no error")
	case applied == nil:
		return diags // Terraform keeps what it had.
	case !applied.value.IsFullyKnown():
		c.t.Fatalf("the apply left unknown values: %v", fromTerraform(applied.value))
	case !failed:
		p.mustConform(change.planned.value, applied.value)
	}
	c.state, c.tainted = applied, creates && failed
	return diags
}

// mustAgree fails the test if the plan of the apply breaks a promise of the plan
// that was shown.
func (c *core) mustAgree(shown, again plannedChange) {
	c.t.Helper()
	after := attributesOf(again.planned.value)
	for name, promised := range attributesOf(shown.planned.value) {
		if (promised != unknown{}) && !conforms(promised, after[name]) {
			c.t.Fatalf("inconsistent final plan: %s: planned %v, is %v", name, promised, after[name])
		}
	}
}

// destroy is `terraform destroy` with this configuration, which is planned
// first: that is how Terraform refreshes for a destroy.
func (c *core) destroy(provider, config values) diagnostics {
	c.t.Helper()
	plan, diags := c.plan(provider, config)
	if len(diags.errors()) != 0 {
		return diags
	}
	if plan.state == nil {
		c.state, c.tainted = nil, false
		return diags
	}
	p, diags := configureProvider(c.t, provider)
	if len(diags.errors()) != 0 {
		return diags
	}
	change := p.plan(c.typeName, plan.state, nil)
	if diags = append(diags, change.diagnostics...); len(diags.errors()) != 0 {
		return diags
	}
	c.state, c.tainted = plan.state, plan.tainted
	if p, diags = configureProvider(c.t, provider); len(diags.errors()) != 0 {
		return diags
	}
	return append(diags, c.delete(p, change.planned.private)...)
}

// delete carries out the end of the resource. The provider gets the private
// data of the plan, which may be that of the resource to come.
func (c *core) delete(p *protocolClient, plannedPrivate []byte) diagnostics {
	c.t.Helper()
	gone := c.nothing(plannedPrivate)
	gone.value = tftypes.NewValue(p.resourceBlock(c.typeName).ValueType(), nil)
	left, diags := p.apply(c.typeName, plannedChange{prior: c.state, planned: gone})
	if len(diags.errors()) == 0 {
		if left != nil {
			c.t.Fatal("the destroy left something and no error")
		}
		c.state, c.tainted = nil, false
	} else if left != nil {
		c.state = left
	}
	return diags
}

// importID is `terraform import`. It changes nothing if the resource is in the
// state.
func (c *core) importID(provider values, id string) diagnostics {
	c.t.Helper()
	if c.state != nil {
		return nil
	}
	p, diags := configureProvider(c.t, provider)
	if len(diags.errors()) != 0 {
		return diags
	}
	imported, more := p.importByID(c.typeName, id)
	if diags = append(diags, more...); len(diags.errors()) == 0 {
		c.state = imported
	}
	return diags
}

// nothing is a resource that does not exist, with private data.
func (c *core) nothing(private []byte) *instance {
	return &instance{value: tftypes.NewValue(c.state.value.Type(), nil), private: private}
}
