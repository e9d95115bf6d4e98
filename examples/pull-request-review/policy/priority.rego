# Judges `terraform show -json` of a plan: what it does to viewers.
package main

import rego.v1

switches := {"millicast_stream_failover", "millicast_stream_priority"}

# The primary of a stream changes: somebody else should look at it.
warn contains msg if {
	some resource in input.resource_changes
	resource.type == "millicast_stream_failover"
	before := resource.change.before.primary_token_id
	after := resource.change.after.primary_token_id
	before != after
	msg := sprintf("%s: the primary of %s changes from token %v to token %v", [resource.address, resource.change.after.stream_name, before, after])
}

# Somebody else changed the order, and the apply puts it back.
warn contains msg if {
	some resource in input.resource_changes
	resource.type == "millicast_stream_failover"
	resource.change.before.in_order == false
	msg := sprintf("%s: the tokens of %s are out of order, and are put back", [resource.address, resource.change.before.stream_name])
}

# It can't be told yet which token is first.
warn contains msg if {
	some resource in input.resource_changes
	resource.type == "millicast_stream_failover"
	resource.change.after_unknown.primary_token_id == true
	msg := sprintf("%s: the primary of %s is not known in the plan", [resource.address, resource.change.after.stream_name])
}

# A number changes: it may move viewers.
warn contains msg if {
	some resource in input.resource_changes
	resource.type == "millicast_stream_priority"
	before := resource.change.before.priority
	after := resource.change.after.priority
	before < after
	msg := sprintf("%s: token %v is raised from %v to %v", [resource.address, resource.change.after.token_id, before, after])
}

# Lowering cuts the feed if it is on air. Raise another one instead.
deny contains msg if {
	some resource in input.resource_changes
	resource.type == "millicast_stream_priority"
	before := resource.change.before.priority
	after := resource.change.after.priority
	before > after
	msg := sprintf("%s: token %v is lowered from %v to %v; raise the standby instead", [resource.address, resource.change.after.token_id, before, after])
}

# A guard is switched off.
deny contains msg if {
	some resource in input.resource_changes
	resource.type in switches
	resource.change.actions != ["no-op"]
	some guard in {"allow_interruption", "allow_multiple_streams"}
	resource.change.after[guard] == true
	msg := sprintf("%s: %s is true", [resource.address, guard])
}

# A token goes, although it may be on air.
deny contains msg if {
	some resource in input.resource_changes
	resource.type == "millicast_publish_token"
	"delete" in resource.change.actions
	resource.change.before.force_destroy == true
	msg := sprintf("%s: token %v is deleted even if it is on air", [resource.address, resource.change.before.id])
}
