import {
  to = millicast_stream_failover.main
  id = "main_stream"
}
