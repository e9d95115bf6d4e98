variable "stream_name" {
  description = "Stream that the encoders publish."
  type        = string
  default     = "main_stream"
}

variable "clusters" {
  description = "The encoders, and the cluster that each publishes to."
  type        = map(string)
  default = {
    iad = "iad-1"
    phx = "phx-1"
  }
}

variable "priorities" {
  description = "Priority of each encoder. The highest is on air. To move viewers without a gap, raise an encoder; don't lower the one on air."
  type        = map(number)
  default = {
    iad = 20
    phx = 10
  }
}
