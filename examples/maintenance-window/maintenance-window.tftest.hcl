run "normal" {
  assert {
    condition     = millicast_stream_priority.encoder["iad"].priority > millicast_stream_priority.encoder["phx"].priority
    error_message = "iad should be on air."
  }
}

run "maintenance" {
  variables {
    priorities = { iad = 20, phx = 30 }
  }

  assert {
    condition     = millicast_stream_priority.encoder["phx"].in_effect && millicast_stream_priority.encoder["phx"].priority == 30
    error_message = "phx should be above iad."
  }
}

run "back" {
  variables {
    priorities = { iad = 40, phx = 30 }
  }

  assert {
    condition     = millicast_stream_priority.encoder["iad"].previous_priority == null
    error_message = "The token of iad was created without a priority."
  }
}
