terraform {
  required_providers {
    millicast = {
      source = "millicast/millicast"
    }
  }
}

locals {
  # One publish token for every encoder of every stream.
  encoders = merge([
    for stream, clusters in var.streams : {
      for cluster in clusters : "${stream} ${cluster}" => { stream = stream, cluster = cluster }
    }
  ]...)

  # The clusters of each stream in order, those that are drained at the end.
  order = {
    for stream, clusters in var.streams : stream => concat(
      [for cluster in clusters : cluster if !contains(var.drained_clusters, cluster)],
      [for cluster in clusters : cluster if contains(var.drained_clusters, cluster)],
    )
  }
}

resource "millicast_publish_token" "encoder" {
  for_each = local.encoders

  label          = each.key
  streams        = [{ stream_name = each.value.stream }]
  origin_cluster = each.value.cluster
}

# Streams are switched side by side, and each of them one call at a time.
resource "millicast_stream_failover" "stream" {
  for_each = local.order

  stream_name = each.key
  token_ids   = [for cluster in each.value : millicast_publish_token.encoder["${each.key} ${cluster}"].id]
}
