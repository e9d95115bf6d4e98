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

// marked reports whether the mark is there.
func marked(ctx context.Context, private keyReader, key string) (bool, diag.Diagnostics) {
	value, diags := private.GetKey(ctx, key)
	return len(value) != 0, diags
}

// mark sets a mark.
func mark(ctx context.Context, private keyWriter, key string) diag.Diagnostics {
	return private.SetKey(ctx, key, []byte("true"))
}

// unmark removes a mark, if it is there.
func unmark(ctx context.Context, private keyWriter, key string) diag.Diagnostics {
	return private.SetKey(ctx, key, nil)
}
