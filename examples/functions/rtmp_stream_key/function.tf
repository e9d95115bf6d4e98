resource "millicast_publish_token" "studio" {
  label   = "studio"
  streams = [{ stream_name = "studio" }]
}

output "stream_key" {
  value     = provider::millicast::rtmp_stream_key("studio", millicast_publish_token.studio.token)
  sensitive = true
}
