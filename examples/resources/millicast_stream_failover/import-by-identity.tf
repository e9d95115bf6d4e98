import {
  to = millicast_stream_failover.main
  identity = {
    stream_name = "main_stream"
  }
}
