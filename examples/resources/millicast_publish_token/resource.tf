# Two encoders feed the same stream. The priorities of their tokens decide which
# one viewers get; millicast_stream_priority and the like switch between them.
resource "millicast_publish_token" "primary" {
  label          = "launch-event primary"
  streams        = [{ stream_name = "launch-event" }]
  origin_cluster = "phx-1"

  subscribe_requires_auth = true
  record                  = true

  # Tokens that publish the same stream need the same geo-cascade settings.
  geo_cascade = {
    is_enabled = true
    clusters   = ["phx-1", "lon-1"]
  }
}

resource "millicast_publish_token" "backup" {
  label          = "launch-event backup"
  streams        = [{ stream_name = "launch-event" }]
  origin_cluster = "lon-1"

  subscribe_requires_auth = true
  record                  = true

  geo_cascade = {
    is_enabled = true
    clusters   = ["phx-1", "lon-1"]
  }
}

# A token for every camera of a studio, with a secret that is rotated each month,
# and a copy of the streams to another platform.
variable "simulcast_key" {
  description = "Stream key of the other platform."
  type        = string
  sensitive   = true
}

resource "millicast_publish_token" "cameras" {
  label = "studio cameras"
  streams = [
    { stream_name = "studio" },
    { stream_name = "studio-cam-[0-9]+", is_regex = true },
  ]

  priority             = 10
  allowed_ip_addresses = ["198.51.100.0/24"]
  allowed_countries    = ["CA", "US"]
  rotation_trigger     = "2026-03"

  restream = [{
    label = "simulcast"
    url   = "rtmp://live.example.com/app"
    key   = var.simulcast_key
  }]

  timeouts = {
    create = "2m"
  }
}
