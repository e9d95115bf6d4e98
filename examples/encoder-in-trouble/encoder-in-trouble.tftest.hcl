run "all_is_well" {
  assert {
    condition     = millicast_stream_failover.main.primary_token_id == millicast_publish_token.encoder["iad"].id
    error_message = "iad should be the primary."
  }
}

run "the_primary_sends_a_bad_picture" {
  variables {
    in_trouble = ["iad"]
  }

  assert {
    condition     = millicast_stream_failover.main.primary_token_id == millicast_publish_token.encoder["phx"].id
    error_message = "phx should have taken over."
  }

  assert {
    condition     = output.priorities["lon"] > output.priorities["iad"]
    error_message = "iad should be the last resort."
  }
}

run "it_is_repaired" {
  assert {
    condition     = millicast_stream_failover.main.primary_token_id == millicast_publish_token.encoder["iad"].id
    error_message = "iad should be the primary again."
  }
}

run "a_name_that_nobody_has" {
  command = plan

  variables {
    in_trouble = ["ams"]
  }

  expect_failures = [var.in_trouble]
}
