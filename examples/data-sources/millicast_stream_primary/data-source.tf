data "millicast_stream_primary" "main" {
  stream_name = "main_stream"
}

output "primary" {
  value = data.millicast_stream_primary.main.label
}

check "primary_is_on_air" {
  assert {
    condition     = data.millicast_stream_primary.main.matches_on_air != false
    error_message = "Viewers of main_stream get token ${coalesce(data.millicast_stream_primary.main.on_air_token_id, 0)}, not the primary."
  }
}
