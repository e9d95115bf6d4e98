# The id is the number that the dashboard shows for the token. The data source
# millicast_publish_tokens lists it too.
terraform import millicast_publish_token.primary 12345
