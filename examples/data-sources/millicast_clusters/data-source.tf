data "millicast_clusters" "available" {}

locals {
  clusters = { for cluster in data.millicast_clusters.available.clusters : cluster.id => cluster }
}

output "rtmp_host_in_phoenix" {
  value = local.clusters["phx-1"].rtmp
}
