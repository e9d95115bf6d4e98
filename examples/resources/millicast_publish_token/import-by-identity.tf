import {
  to = millicast_publish_token.primary
  identity = {
    id = 12345
  }
}
