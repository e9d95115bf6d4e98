package provider

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// Terraform taints what a failed create has left, and replaces it in the next
// run. For a token that would be harm: it may be live by then. So a create that
// ended half way leaves one of two marks in the private state. The refresh of the
// next run tells the client of the token, the plan sees that the create to come
// would take it, the delete of the replacement leaves it to that create, and the
// create finishes it.
const (
	markLost       = "attempt"    // there may be a token, made by this attempt; its id is not known
	markUnfinished = "unfinished" // there is a token, and what follows its creation was not done
	markKept       = "kept"       // planned: the token stays, for a create with this likeness
)

// createFailed leaves in the state what a create that failed may have made.
func (r *publishTokenResource) createFailed(ctx context.Context, created millicast.Created, err error, req resource.CreateRequest, resp *resource.CreateResponse) {
	tried := fmt.Sprintf("Creating a publish token with the label %q failed.", labelOf(ctx, req))
	var lost *millicast.LostCreateError
	switch {
	case created.ID != 0:
		resp.Diagnostics.Append(leaveInState(req, resp)...)
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), created.ID)...)
		resp.Diagnostics.Append(identify(ctx, resp.Identity, identityID, types.Int64Value(created.ID))...)
		resp.Diagnostics.Append(mark(ctx, resp.Private, markUnfinished)...)
		resp.Diagnostics.Append(unfinishedDiagnostic(tokenName(created.ID, labelOf(ctx, req)), "reading it", err))
	case errors.As(err, &lost):
		resp.Diagnostics.Append(leaveInState(req, resp)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, markLost, lost.Encode())...)
		resp.Diagnostics.Append(lostDiagnostic(tried, lost))
	default:
		resp.Diagnostics.Append(apiDiagnostic("create", "publish token", tried, err))
	}
}

func labelOf(ctx context.Context, req resource.CreateRequest) string {
	var label types.String
	_ = req.Plan.GetAttribute(ctx, path.Root("label"), &label) // for words only
	return label.ValueString()
}

// leaveInState stores the plan. What it left to the API is null.
func leaveInState(req resource.CreateRequest, resp *resource.CreateResponse) diag.Diagnostics {
	var diags diag.Diagnostics
	raw, err := tftypes.Transform(req.Plan.Raw, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if !v.IsKnown() {
			return tftypes.NewValue(v.Type(), nil), nil
		}
		return v, nil
	})
	if err != nil {
		diags.AddError("Unable to store publish token", "What is planned for the publish token can't be kept in the state.\n\nThis is a bug in the provider. Please report it at "+issuesURL+".\n\nCause: "+err.Error())
		return diags
	}
	resp.State.Raw = raw
	return diags
}

// finish brings a token that exists to what is planned: a create can't make an
// inactive one, and one that was resumed may be outdated.
func (r *publishTokenResource) finish(ctx context.Context, p publishTokenPlan, current *publishTokenModel, resumed bool, private keyWriter) diag.Diagnostics {
	var diags diag.Diagnostics
	var requests []millicast.PublishTokenUpdate
	if resumed {
		if hasWriteOnlyKey(p.plan.Restream) {
			// Which keys it got then can't be read.
			p.state.Restream = types.ListNull(publishTokenRestreamType)
		}
		requests, diags = p.plan.updateRequests(ctx, p.config, p.state, false)
	} else if !p.plan.IsActive.ValueBool() {
		requests = append(requests, millicast.PublishTokenUpdate{IsActive: millicast.Set(false)})
	}
	for _, request := range requests {
		token, err := r.services.client.PublishTokens.Update(ctx, current.ID.ValueInt64(), request)
		if err != nil {
			diags.Append(unfinishedDiagnostic(current.name(), unfinishedStep(request), err))
			return diags
		}
		diags.Append(current.refresh(ctx, token)...)
	}
	// Of a token that was there before nobody knows which list its broadcasts use.
	if resumed && len(p.plan.Restream.Elements())+len(p.state.Restream.Elements()) != 0 {
		diags.Append(r.syncRestream(ctx, *current, private)...)
	}
	return diags
}

func unfinishedStep(request millicast.PublishTokenUpdate) string {
	if onlyDeactivates := request; !request.IsActive.IsZero() {
		onlyDeactivates.IsActive = millicast.Field[bool]{}
		if onlyDeactivates.IsEmpty() {
			return "setting is_active to false"
		}
	}
	return "changing it to what is configured"
}

// readUnfinished is the first part of a refresh of what a create has left. ok is
// false if there is nothing to go on with.
func (r *publishTokenResource) readUnfinished(ctx context.Context, state *publishTokenModel, req resource.ReadRequest, resp *resource.ReadResponse) (ok bool) {
	lost, diags := req.Private.GetKey(ctx, markLost)
	resp.Diagnostics.Append(diags...)
	if !state.ID.IsNull() || len(lost) == 0 || resp.Diagnostics.HasError() {
		return !resp.Diagnostics.HasError()
	}
	attempt, err := millicast.DecodeAttempt(lost)
	if err != nil {
		resp.Diagnostics.Append(privateStateDiagnostic(err))
		return false
	}
	create, diags := state.createRequest(ctx, *state)
	resp.Diagnostics.Append(diags...)
	found, err := r.services.client.PublishTokens.Recover(ctx, create, attempt)
	switch {
	case err != nil:
		resp.Diagnostics.Append(apiDiagnostic("read", "publish token",
			fmt.Sprintf("The answer to the creation of the publish token with the label %q was lost. Looking whether it exists failed.", create.Label), err))
	case len(found.Candidates) > 0:
		resp.Diagnostics.AddError("Unable to read publish token",
			fmt.Sprintf("The answer to the creation of the publish token with the label %q was lost, and it can't be told which token it has made.\n\n%s", create.Label, candidateWords(found.Candidates, true)))
	case found.ID == 0:
		resp.State.RemoveResource(ctx)
	default:
		state.ID = types.Int64Value(found.ID)
		resp.Diagnostics.Append(identify(ctx, resp.Identity, identityID, state.ID)...)
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, markLost, nil)...)
		resp.Diagnostics.Append(mark(ctx, resp.Private, markUnfinished)...)
		return !resp.Diagnostics.HasError()
	}
	return false
}

// offer tells the client of an unfinished token that a create may take.
func (r *publishTokenResource) offer(ctx context.Context, state publishTokenModel, private keyReader) diag.Diagnostics {
	unfinished, diags := marked(ctx, private, markUnfinished)
	if !unfinished || diags.HasError() {
		return diags
	}
	create, more := state.createRequest(ctx, state)
	r.services.client.PublishTokens.Resume(create, state.ID.ValueInt64())
	return append(diags, more...)
}

// planKept says in the plan of a create that it takes an unfinished token.
func (r *publishTokenResource) planKept(ctx context.Context, p publishTokenPlan, private keyWriter) diag.Diagnostics {
	if !r.services.known() {
		return nil
	}
	create, diags := p.plan.createRequest(ctx, p.config)
	if diags.HasError() {
		return diags
	}
	if !r.services.client.PublishTokens.Resumes(create) {
		return append(diags, r.planKilled(create)...)
	}
	diags.Append(private.SetKey(ctx, markKept, []byte(strconv.Quote(millicast.Likeness(create))))...)
	diags.AddWarning("Publish token is kept", fmt.Sprintf("The creation of the publish token with the label %q was not finished. "+
		"Terraform shows a replacement, but the token stays, with its id and secret, and nothing is disconnected.\n\nApply this plan: it finishes the token.", create.Label))
	return diags
}

// keeps reports whether a token that is to be deleted is left to the create
// that replaces it.
func (r *publishTokenResource) keeps(ctx context.Context, state publishTokenModel, private keyReader) (bool, diag.Diagnostics) {
	likeness, diags := private.GetKey(ctx, markKept)
	if len(likeness) == 0 || diags.HasError() {
		return false, diags
	}
	create, more := state.createRequest(ctx, state)
	diags.Append(more...)
	if string(likeness) != strconv.Quote(millicast.Likeness(create)) {
		return false, diags
	}
	r.services.client.PublishTokens.Resume(create, state.ID.ValueInt64())
	return true, diags
}

func unfinishedDiagnostic(name, step string, err error) diag.Diagnostic {
	return apiDiagnostic("create", "publish token",
		fmt.Sprintf("%s was created, and %s failed after that. Terraform marks it as tainted and will show a replacement, "+
			"but the token stays: the next apply finishes it, without a new token and without a disconnection.", capital(name), step), err)
}

func lostDiagnostic(tried string, lost *millicast.LostCreateError) diag.Diagnostic {
	tried += " The answer was lost, so the token may exist all the same."
	switch {
	case len(lost.Candidates) > 0:
		return diag.NewErrorDiagnostic("Unable to create publish token",
			tried+" It can't be told which one it is.\n\n"+candidateWords(lost.Candidates, true)+"\n\n"+apiSaid(lost.Err))
	case lost.Look != nil:
		tried += " Looking for it failed as well."
	default:
		tried += " It was not found so far."
	}
	return apiDiagnostic("create", "publish token", tried+" The next plan looks for it, and takes it if it is there: there will be no second one.", lost.Err)
}

// candidateWords says how the reader settles which token it is. Where the state has
// something for the resource, that has to make way.
func candidateWords(candidates []millicast.PublishToken, inState bool) string {
	var b strings.Builder
	commands := "command"
	if inState {
		commands = "commands"
	}
	fmt.Fprintf(&b, "Find out in the dashboard which of these it is, delete the others if nobody uses them, then run the %s with the address of this resource for ADDRESS:\n\n", commands)
	if inState {
		b.WriteString("  terraform state rm ADDRESS\n")
	}
	for i, token := range candidates {
		if i > 0 {
			b.WriteString("  # or\n")
		}
		fmt.Fprintf(&b, "  terraform import ADDRESS %d  # made at %s\n", token.ID, token.AddedOn.UTC().Format(time.RFC3339))
	}
	return strings.TrimSuffix(b.String(), "\n")
}
