# Every token that may publish the stream, in the order in which viewers would
# get their feeds.
data "millicast_publish_tokens" "launch_event" {
  stream_name   = "launch-event"
  include_regex = true
}

output "order" {
  value = [for token in data.millicast_publish_tokens.launch_event.tokens : {
    label    = token.label
    priority = token.priority
    cluster  = token.effective_settings.origin_cluster
  }]
}

# Tokens on air in one cluster, for example before its maintenance.
data "millicast_publish_tokens" "live_in_phoenix" {
  cluster     = "phx-1"
  active_only = true
}
