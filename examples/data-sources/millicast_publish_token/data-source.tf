data "millicast_publish_token" "primary" {
  label = "launch-event primary"
}

output "primary_expires_on" {
  value = data.millicast_publish_token.primary.expires_on
}
