resource "millicast_publish_token" "primary" {
  label          = "main_stream iad"
  streams        = [{ stream_name = "main_stream" }]
  origin_cluster = "iad-1"
}

resource "millicast_publish_token" "backup" {
  label          = "main_stream phx"
  streams        = [{ stream_name = "main_stream" }]
  origin_cluster = "phx-1"
}

resource "millicast_stream_priority" "primary" {
  token_id = millicast_publish_token.primary.id
  priority = 20
}

# To take the primary out, raise the backup above it, to 30: viewers change over
# without a gap.
resource "millicast_stream_priority" "backup" {
  token_id = millicast_publish_token.backup.id
  priority = 10

  timeouts = {
    update = "3m"
  }
}
