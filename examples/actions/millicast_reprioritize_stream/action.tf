variable "token_id" {
  description = "Id of the publish token that viewers shall get."
  type        = number
}

variable "priority" {
  description = "Its new priority: higher than that of the token on air."
  type        = number
}

# terraform apply -invoke=action.millicast_reprioritize_stream.now -var token_id=10002 -var priority=100
action "millicast_reprioritize_stream" "now" {
  config {
    token_id = var.token_id
    priority = var.priority
  }
}
