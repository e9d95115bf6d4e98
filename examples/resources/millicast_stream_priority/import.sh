# By the id of the publish token.
terraform import millicast_stream_priority.primary 12345
