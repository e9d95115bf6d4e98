output "viewer_url" {
  value = provider::millicast::viewer_url("Abcde0", "main_stream")
}
