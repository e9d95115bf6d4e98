package provider

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/millicast/terraform-provider-millicast/internal/journal"
	"github.com/millicast/terraform-provider-millicast/internal/millicast"
	"github.com/millicast/terraform-provider-millicast/internal/switchover"
)

// Environment variables that stand in for provider attributes.
const (
	envAPISecret = "MILLICAST_API_SECRET"
	envBaseURL   = "MILLICAST_BASE_URL"
	envAccountID = "MILLICAST_ACCOUNT_ID"
)

// signInTimeout bounds the call that tells a wrong secret, retries included.
const signInTimeout = 10 * time.Second

// services is what Configure hands to every resource and data source.
type services struct {
	client    *millicast.Client // nil while the provider's configuration is not known
	operator  *switchover.Operator
	owners    *switchover.Owners
	journal   journal.Journal
	accountID string
}

// known reports whether the API can be called. It can't during the plan of a
// configuration whose api_secret comes from a resource that is yet to be made.
func (s *services) known() bool { return s != nil && s.client != nil }

// require adds an error for an operation that can't wait for the configuration.
func (s *services) require(diags *diag.Diagnostics, verb, noun string) bool {
	if s.known() {
		return true
	}
	diags.AddError(fmt.Sprintf("Unable to %s %s", verb, noun),
		"The provider's configuration is not known yet: api_secret, base_url or account_id comes from a resource that is still to be applied.\n\n"+
			"Apply that resource first, for example with -target, or pass the value as a variable, then run this again.")
	return false
}

// connect builds the services. Where an attribute is unknown they stay
// unconnected, so that resources that are yet to be created can be planned.
func (p *millicastProvider) connect(ctx context.Context, config providerModel, terraformVersion string) (*services, diag.Diagnostics) {
	var diags diag.Diagnostics
	s := &services{owners: &switchover.Owners{}}

	if config.APISecret.IsUnknown() || config.BaseURL.IsUnknown() || config.AccountID.IsUnknown() ||
		config.RequestTimeout.IsUnknown() || config.MaxRetries.IsUnknown() || config.BulkRead.IsUnknown() {
		return s, diags
	}

	secret := stringOrEnv(config.APISecret, envAPISecret)
	if secret == "" {
		diags.AddAttributeError(path.Root("api_secret"), "Missing API secret",
			"The provider needs the API secret of a Millicast account.\n\n"+
				"Set the environment variable "+envAPISecret+", or api_secret in the provider block.")
		return s, diags
	}

	opts := []millicast.Option{
		millicast.WithUserAgent(fmt.Sprintf("terraform-provider-millicast/%s Terraform/%s", p.version, terraformVersion)),
		millicast.WithCallLogger(logCall),
	}
	if baseURL := stringOrEnv(config.BaseURL, envBaseURL); baseURL != "" {
		if err := millicast.ValidateBaseURL(baseURL); err != nil {
			diags.AddAttributeError(path.Root("base_url"), "Invalid base URL", baseURLProblem(err))
			return s, diags
		}
		opts = append(opts, millicast.WithBaseURL(baseURL))
	}
	if !config.RequestTimeout.IsNull() {
		timeout, err := time.ParseDuration(config.RequestTimeout.ValueString())
		if err != nil { // The validator has seen every known value; this is for values that were unknown then.
			diags.AddAttributeError(path.Root("request_timeout"), "Invalid duration", durationProblem(config.RequestTimeout))
			return s, diags
		}
		opts = append(opts, millicast.WithRequestTimeout(timeout))
	}
	if !config.MaxRetries.IsNull() {
		opts = append(opts, millicast.WithMaxRetries(int(config.MaxRetries.ValueInt32())))
	}
	if !config.BulkRead.IsNull() {
		opts = append(opts, millicast.WithBulkRead(config.BulkRead.ValueBool()))
	}
	if p.retryWait > 0 {
		opts = append(opts, millicast.WithRetryWait(p.retryWait, p.retryWait))
	}

	client, err := millicast.New(secret, opts...)
	if err != nil {
		diags.AddError("Invalid provider configuration",
			"The API can't be called with these settings: "+err.Error()+".\n\nCorrect the provider block, or the variable that stands in for it.")
		return s, diags
	}
	if s.accountID = stringOrEnv(config.AccountID, envAccountID); s.accountID != "" && !accountIDForm.MatchString(s.accountID) {
		diags.AddAttributeError(path.Root("account_id"), "Invalid account id",
			fmt.Sprintf("%q is not an account id.\n\nSet account_id, or the variable %s, to the account id alone, such as Abcde0, without a stream name.", s.accountID, envAccountID))
		return s, diags
	}

	// One call tells a wrong secret once, instead of once for every resource.
	// Whatever else goes wrong here is left to the calls that need an answer.
	probe, cancel := context.WithTimeout(ctx, signInTimeout)
	defer cancel()
	if _, err := client.Clusters.Get(probe); millicast.IsSecretRejected(err) {
		diags.Append(apiDiagnostic("sign in to", "the Millicast API", "Signing in with the API secret was refused.", err))
		return s, diags
	}

	s.client = client
	s.journal = journal.In(p.journalDir, stringOrEnv(config.BaseURL, envBaseURL)+" "+secret)
	s.operator = switchover.New(client, switchover.Options{
		AccountID:    s.accountID,
		PollInterval: p.pollInterval,
		Progress:     logProgress,
	})
	return s, diags
}

func stringOrEnv(value types.String, variable string) string {
	if !value.IsNull() {
		return value.ValueString()
	}
	return os.Getenv(variable)
}
