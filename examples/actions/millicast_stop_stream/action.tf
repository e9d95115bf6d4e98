# terraform apply -invoke=action.millicast_stop_stream.main
action "millicast_stop_stream" "main" {
  config {
    stream_name = "main_stream"
  }
}
