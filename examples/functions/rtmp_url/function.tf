# The cluster nearest to the encoder.
output "rtmp_url" {
  value = provider::millicast::rtmp_url("auto")
}

# A cluster of your choice.
data "millicast_clusters" "all" {}

output "rtmp_url_phx" {
  value = one([
    for cluster in data.millicast_clusters.all.clusters : provider::millicast::rtmp_url(cluster.rtmp) if cluster.id == "phx-1"
  ])
}
