package main

import rego.v1

failover(before, after) := {"resource_changes": [{
	"address": "millicast_stream_failover.main",
	"type": "millicast_stream_failover",
	"change": {"actions": ["update"], "before": before, "after": after, "after_unknown": {}},
}]}

priority(before, after) := {"resource_changes": [{
	"address": "millicast_stream_priority.main",
	"type": "millicast_stream_priority",
	"change": {"actions": ["update"], "before": before, "after": after, "after_unknown": {}},
}]}

test_another_primary_is_a_warning if {
	plan := failover({"stream_name": "main_stream", "primary_token_id": 1}, {"stream_name": "main_stream", "primary_token_id": 2})
	warn == {"millicast_stream_failover.main: the primary of main_stream changes from token 1 to token 2"} with input as plan
	count(deny) == 0 with input as plan
}

test_standbys_that_change_places_are_nothing if {
	plan := failover({"stream_name": "main_stream", "primary_token_id": 1}, {"stream_name": "main_stream", "primary_token_id": 1})
	count(warn) == 0 with input as plan
	count(deny) == 0 with input as plan
}

test_a_guard_that_is_off_is_refused if {
	some guard in {"allow_interruption", "allow_multiple_streams"}
	plan := failover({"stream_name": "main_stream", "primary_token_id": 1}, {"stream_name": "main_stream", "primary_token_id": 1, guard: true})
	count(deny) == 1 with input as plan
}

test_a_primary_that_is_not_known_is_a_warning if {
	plan := {"resource_changes": [{
		"address": "millicast_stream_failover.main",
		"type": "millicast_stream_failover",
		"change": {"actions": ["create"], "before": null, "after": {"stream_name": "main_stream"}, "after_unknown": {"primary_token_id": true}},
	}]}
	count(warn) == 1 with input as plan
}

test_an_order_that_is_put_back_is_a_warning if {
	plan := failover({"stream_name": "main_stream", "primary_token_id": 1, "in_order": false}, {"stream_name": "main_stream", "primary_token_id": 1})
	count(warn) == 1 with input as plan
}

test_raising_is_a_warning if {
	plan := priority({"token_id": 2, "priority": 10}, {"token_id": 2, "priority": 30})
	count(warn) == 1 with input as plan
	count(deny) == 0 with input as plan
}

test_lowering_is_refused if {
	plan := priority({"token_id": 1, "priority": 20}, {"token_id": 1, "priority": 5})
	count(deny) == 1 with input as plan
}

test_a_token_that_may_go_while_on_air_is_refused if {
	plan := {"resource_changes": [{
		"address": "millicast_publish_token.main",
		"type": "millicast_publish_token",
		"change": {"actions": ["delete"], "before": {"id": 1, "force_destroy": true}, "after": null, "after_unknown": {}},
	}]}
	count(deny) == 1 with input as plan
}

test_nothing_to_say_of_a_new_token if {
	plan := {"resource_changes": [{
		"address": "millicast_publish_token.main",
		"type": "millicast_publish_token",
		"change": {"actions": ["create"], "before": null, "after": {"label": "x"}, "after_unknown": {"id": true}},
	}]}
	count(warn) == 0 with input as plan
	count(deny) == 0 with input as plan
}
