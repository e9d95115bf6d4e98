run "all_is_well" {
  assert {
    condition     = output.primary_clusters == { main_stream = "iad-1", backstage = "iad-1", studio = "lon-1" }
    error_message = "Each stream should come from its first cluster."
  }
}

run "iad_is_drained" {
  variables {
    drained_clusters = ["iad-1"]
  }

  assert {
    condition     = output.primary_clusters == { main_stream = "phx-1", backstage = "lon-1", studio = "lon-1" }
    error_message = "No stream should come from iad-1."
  }

  assert {
    condition = alltrue([
      for stream in ["main_stream", "backstage"] :
      millicast_stream_failover.stream[stream].primary_token_id != millicast_publish_token.encoder["${stream} iad-1"].id
    ])
    error_message = "The encoders in iad-1 should stand by."
  }

  # Nothing of this stream has to move in front of what it has.
  assert {
    condition     = millicast_stream_failover.stream["studio"].primary_token_id == millicast_publish_token.encoder["studio lon-1"].id
    error_message = "studio should stay where it is."
  }
}

run "iad_is_back" {
  assert {
    condition     = output.primary_clusters["main_stream"] == "iad-1"
    error_message = "main_stream should come from iad-1 again."
  }
}
