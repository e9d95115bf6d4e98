package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/millicast/terraform-provider-millicast/internal/publish"
)

// The functions that form addresses are thin: internal/publish decides what an
// argument may be, and what becomes of it.

// Parameters of more than one function.
var (
	hostParameter = function.StringParameter{
		Name: string(publish.Host),
		MarkdownDescription: "Host of the cluster, as the data source `millicast_clusters` has it, without a scheme, port or path; " +
			"or `auto` for the cluster nearest to the encoder.",
	}
	streamParameter = function.StringParameter{
		Name:                string(publish.Stream),
		MarkdownDescription: "Name of the stream, without the account. 1 to 128 characters, none of them `/`, `?`, `&` or `#`.",
	}
	tokenParameter = function.StringParameter{
		Name:                string(publish.Token),
		MarkdownDescription: "Secret of a publish token that may publish the stream: the attribute `token` of the resource or of the ephemeral resource.",
	}
)

// readArguments reads the arguments of a function. Terraform gives only what is known and
// not null, and of the right type; what can't be read is an error on its argument.
func readArguments(ctx context.Context, req function.RunRequest, parameters []function.Parameter, into ...any) *function.FuncError {
	for i, target := range into {
		if err := req.Arguments.GetArgument(ctx, i, target); err != nil {
			return function.NewArgumentFuncError(int64(i), parameters[i].GetName()+" is null, or is not known yet")
		}
	}
	return nil
}

// respond sets the result of a function, or an error on the argument that is to
// blame.
func respond(ctx context.Context, resp *function.RunResponse, parameters []function.Parameter, address string, err error) {
	var wrong *publish.ArgumentError
	switch {
	case errors.As(err, &wrong):
		index := slices.IndexFunc(parameters, func(p function.Parameter) bool { return p.GetName() == string(wrong.Argument) })
		resp.Error = function.NewArgumentFuncError(int64(index), wrong.Error()) // The CLI adds the stop.
	case err != nil:
		resp.Error = function.NewFuncError(err.Error())
	default:
		resp.Error = resp.Result.Set(ctx, address)
	}
}
