# The priority of every token that may publish the stream and has one.
list "millicast_stream_priority" "main" {
  provider         = millicast
  include_resource = true

  config {
    stream_name = "main_stream"
  }
}
