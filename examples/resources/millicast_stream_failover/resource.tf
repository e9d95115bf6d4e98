resource "millicast_publish_token" "encoder" {
  for_each = { iad = "iad-1", phx = "phx-1", lon = "lon-1" }

  label          = "main_stream ${each.key}"
  streams        = [{ stream_name = "main_stream" }]
  origin_cluster = each.value
}

# iad is on air; phx takes over from it, and lon from both.
resource "millicast_stream_failover" "main" {
  stream_name = "main_stream"
  token_ids   = [for name in ["iad", "phx", "lon"] : millicast_publish_token.encoder[name].id]
}
