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
    lon = "lon-1"
    phx = "phx-1"
  }
}

variable "order" {
  description = "The encoders, the primary first."
  type        = list(string)
  default     = ["iad", "phx", "lon"]
}

variable "in_trouble" {
  description = "Encoders that viewers shall not get while another is live."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.in_trouble : contains(var.order, name)])
    error_message = "Name encoders of var.order."
  }
}
