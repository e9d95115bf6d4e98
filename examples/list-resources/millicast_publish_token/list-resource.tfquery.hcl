# Every token that may publish the stream.
list "millicast_publish_token" "main" {
  provider = millicast

  config {
    stream_name = "main_stream"
  }
}

# Every token that is live on one cluster, with its settings, for
# terraform query -generate-config-out=tokens.tf
list "millicast_publish_token" "live" {
  provider         = millicast
  include_resource = true
  limit            = 50

  config {
    cluster = "phx-1"
    active  = true
  }
}
