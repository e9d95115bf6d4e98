terraform {
  required_providers {
    millicast = {
      source = "millicast/millicast"
    }
  }
}

# Every encoder of the stream has a publish token of its own.
resource "millicast_publish_token" "encoder" {
  for_each = var.clusters

  label          = "${var.stream_name} ${each.key}"
  streams        = [{ stream_name = var.stream_name }]
  origin_cluster = each.value
}

# Viewers get the live feed whose token has the highest priority.
resource "millicast_stream_priority" "encoder" {
  for_each = var.priorities

  token_id = millicast_publish_token.encoder[each.key].id
  priority = each.value
}
