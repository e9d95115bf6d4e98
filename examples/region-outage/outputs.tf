output "primary_clusters" {
  description = "The cluster of each stream's primary."
  value       = { for stream, clusters in local.order : stream => clusters[0] }
}
