variable "streams" {
  description = "The streams, and for each the clusters of its encoders, the primary first."
  type        = map(list(string))
  default = {
    main_stream = ["iad-1", "phx-1"]
    backstage   = ["iad-1", "lon-1", "phx-1"]
    studio      = ["lon-1", "iad-1"]
  }
}

variable "drained_clusters" {
  description = "Clusters that viewers shall not get a stream from while another has it."
  type        = set(string)
  default     = []
}
