terraform {
  required_providers {
    millicast = {
      source = "millicast/millicast"
    }
  }
}

resource "millicast_publish_token" "encoder" {
  for_each = var.clusters

  label          = "${var.stream_name} ${each.key}"
  streams        = [{ stream_name = var.stream_name }]
  origin_cluster = each.value
}

locals {
  # The encoders in trouble go to the end of the order, and stay in it.
  order = concat(
    [for name in var.order : name if !contains(var.in_trouble, name)],
    [for name in var.order : name if contains(var.in_trouble, name)],
  )
}

resource "millicast_stream_failover" "main" {
  stream_name = var.stream_name
  token_ids   = [for name in local.order : millicast_publish_token.encoder[name].id]
}
