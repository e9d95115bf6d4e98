data "millicast_stream" "main" {
  stream_name = "main_stream"
}

output "encoders_live" {
  value = length(data.millicast_stream.main.feeds)
}
