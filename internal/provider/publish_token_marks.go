package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Marks that a publish token has in its private state.
const (
	markImported        = "imported"              // and not updated since
	markRestreamPending = "restream_sync_pending" // stored, but not with running broadcasts
)

func marked(ctx context.Context, private keyReader, key string) (bool, diag.Diagnostics) {
	value, diags := private.GetKey(ctx, key)
	return len(value) != 0, diags
}

func mark(ctx context.Context, private keyWriter, key string) diag.Diagnostics {
	return private.SetKey(ctx, key, []byte("true"))
}

func unmark(ctx context.Context, private keyWriter, key string) diag.Diagnostics {
	return private.SetKey(ctx, key, nil)
}
