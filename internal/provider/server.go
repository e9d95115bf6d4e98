package provider

import (
	"context"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// NewServer returns a constructor of the server of the provider, for a release
// version as in [New].
func NewServer(version string) func() tfprotov6.ProviderServer {
	return func() tfprotov6.ProviderServer {
		framework := providerserver.NewProtocol6(New(version)())()
		return lean(framework, func() { collectLess(os.Getenv, debug.SetGCPercent, debug.SetMemoryLimit) })
	}
}

// Collecting garbage as often as Go does by itself takes a third of the work of a
// plan, although little is in use: some 20 MB with 10,000 tokens.
const (
	garbageShare = 300       // in percent of what is in use: so much piles up
	memoryGoal   = 110 << 20 // in bytes: near this it is collected more often
)

// leanServer is the framework's server for as many calls as there may be. The
// framework keeps the context of every call until the process ends, and with it
// loggers of some 7 KB: 300 MB after a plan of 10,000 resources. Here it gets
// contexts that hold nothing once their call is over.
//
// The calls that Terraform makes for each resource and data source go through it.
type leanServer struct {
	frameworkServer
	configured func() // is called when there is work to come
}

// frameworkServer is all that the framework's server can do, and Terraform may ask it for.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ActionServer
	tfprotov6.ListResourceServer
}

// lean returns the server of this provider for one of the framework.
func lean(framework tfprotov6.ProviderServer, configured func()) tfprotov6.ProviderServer {
	if able, ok := framework.(frameworkServer); ok {
		return leanServer{able, configured}
	}
	return framework
}

// collectLess sets garbageShare and memoryGoal, unless somebody has set how Go
// collects.
func collectLess(getenv func(string) string, setShare func(percent int) int, setGoal func(bytes int64) int64) {
	if getenv("GOGC") == "" && getenv("GOMEMLIMIT") == "" {
		setShare(garbageShare)
		setGoal(memoryGoal)
	}
}

func (s leanServer) ConfigureProvider(ctx context.Context, req *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	s.configured()
	return s.frameworkServer.ConfigureProvider(ctx, req)
}

func (s leanServer) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return briefly(ctx, req, s.frameworkServer.ValidateResourceConfig)
}

func (s leanServer) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return briefly(ctx, req, s.frameworkServer.UpgradeResourceState)
}

func (s leanServer) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return briefly(ctx, req, s.frameworkServer.UpgradeResourceIdentity)
}

func (s leanServer) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return briefly(ctx, req, s.frameworkServer.ReadResource)
}

func (s leanServer) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return briefly(ctx, req, s.frameworkServer.PlanResourceChange)
}

func (s leanServer) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return briefly(ctx, req, s.frameworkServer.ApplyResourceChange)
}

func (s leanServer) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return briefly(ctx, req, s.frameworkServer.ImportResourceState)
}

func (s leanServer) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return briefly(ctx, req, s.frameworkServer.ValidateDataResourceConfig)
}

func (s leanServer) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return briefly(ctx, req, s.frameworkServer.ReadDataSource)
}

func (s leanServer) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	return briefly(ctx, req, s.frameworkServer.CallFunction)
}

// briefly makes a call with a context that ends with it.
func briefly[Request, Response any](ctx context.Context, req Request, call func(context.Context, Request) (Response, error)) (Response, error) {
	brief, end := newBriefContext(ctx)
	defer end()
	return call(brief, req)
}

// briefContext passes a context on until it is ended. From then on it is a
// canceled one that knows nothing, and the one that it passed on can be freed
// although something holds on to this.
type briefContext struct {
	inner atomic.Pointer[context.Context]
}

func newBriefContext(ctx context.Context) (brief *briefContext, end func()) {
	inner, cancel := context.WithCancel(ctx)
	brief = new(briefContext)
	brief.inner.Store(&inner)
	return brief, func() {
		// In this order: what is derived from inner unhooks itself through it.
		cancel()
		brief.inner.Store(&over)
	}
}

// over is the context of what has ended.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (c *briefContext) now() context.Context { return *c.inner.Load() }

func (c *briefContext) Deadline() (time.Time, bool) { return c.now().Deadline() }

func (c *briefContext) Done() <-chan struct{} { return c.now().Done() }

func (c *briefContext) Err() error { return c.now().Err() }

func (c *briefContext) Value(key any) any { return c.now().Value(key) }
