resource "millicast_publish_token" "studio" {
  label   = "studio"
  streams = [{ stream_name = "studio" }]

  # The encoder needs srt_passphrase for what it encrypts.
  display_srt_passphrase = true
}

output "srt_url" {
  value     = provider::millicast::srt_url("auto", "studio", millicast_publish_token.studio.token, true)
  sensitive = true
}
