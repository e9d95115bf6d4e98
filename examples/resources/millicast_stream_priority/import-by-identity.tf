import {
  to = millicast_stream_priority.primary
  identity = {
    token_id = 12345
  }
}
