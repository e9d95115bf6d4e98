# What one token publishes is forwarded to a stream that another token may
# publish. The secret of that one is in no state.
data "millicast_publish_token" "primary" {
  label = "main_stream primary"
}

ephemeral "millicast_publish_token" "primary" {
  id = data.millicast_publish_token.primary.id
}

resource "millicast_publish_token" "relay" {
  label   = "relay"
  streams = [{ stream_name = "relay" }]

  restream = [{
    url            = provider::millicast::rtmp_url("auto")
    key_wo         = provider::millicast::rtmp_stream_key("main_stream", ephemeral.millicast_publish_token.primary.token)
    key_wo_version = 1
  }]
}
