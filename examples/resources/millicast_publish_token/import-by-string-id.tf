import {
  to = millicast_publish_token.primary
  id = "12345"
}
