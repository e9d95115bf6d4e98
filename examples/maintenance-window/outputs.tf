output "token_ids" {
  description = "Publish token of each encoder."
  value       = { for name, token in millicast_publish_token.encoder : name => token.id }
}

output "secrets" {
  description = "What each encoder publishes with."
  value       = { for name, token in millicast_publish_token.encoder : name => token.token }
  sensitive   = true
}
