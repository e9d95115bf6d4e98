import {
  to = millicast_stream_priority.primary
  id = "12345"
}
