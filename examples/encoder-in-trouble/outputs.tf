output "primary" {
  description = "The encoder that viewers get when all are live."
  value       = local.order[0]
}

output "priorities" {
  description = "Priority of each encoder."
  value       = { for name, token in millicast_publish_token.encoder : name => millicast_stream_failover.main.priorities[token.id] }
}
