package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/millicast/terraform-provider-millicast/internal/millicast"
)

// logSubsystem has a level of its own: TF_LOG_PROVIDER_MILLICAST_API.
const logSubsystem = "api"

// logCall writes one line per attempt of an API call: no bodies, no headers,
// no query. The client masks secrets in the error text.
func logCall(ctx context.Context, call millicast.Call) {
	ctx = tflog.NewSubsystem(ctx, logSubsystem, tflog.WithLevelFromEnv("TF_LOG_PROVIDER_MILLICAST", logSubsystem))
	fields := map[string]any{
		"method":      call.Method,
		"route":       call.Route,
		"status":      call.Status,
		"duration_ms": call.Duration.Milliseconds(),
		"attempt":     call.Attempt,
	}
	if call.Err != "" {
		fields["error"] = call.Err
	}
	tflog.SubsystemDebug(ctx, logSubsystem, "API call", fields)
}

// logProgress writes what a switchover is doing, in the words of the plan, and
// tells whoever listens to it.
func logProgress(ctx context.Context, message string) {
	tflog.Info(ctx, message)
	if listener, ok := ctx.Value(progressListener{}).(func(string)); ok {
		listener(message)
	}
}

// logNoJournal writes that a death of this process would go unnoticed.
func logNoJournal(ctx context.Context, err error) {
	tflog.Warn(ctx, "no note of what is about to be called: "+err.Error())
}

// progressListener is the key of the function that hears the progress of what
// is done in a context.
type progressListener struct{}

func withProgress(ctx context.Context, listener func(string)) context.Context {
	return context.WithValue(ctx, progressListener{}, listener)
}
