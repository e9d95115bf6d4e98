output "whip_url" {
  value = provider::millicast::whip_url("main_stream")
}
