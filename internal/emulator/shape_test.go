package emulator_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// Answers of every route conform to the description, however they are shaped:
// the server of an open account checks its own answers.
func TestAnswers_conform(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]emulator.Option{
		"plain":    nil,
		"nulls":    {emulator.WithNulls()},
		"shuffled": {emulator.WithShuffledLists()},
		"unknown":  {emulator.WithUnknownProperties()},
		"all":      {emulator.WithNulls(), emulator.WithShuffledLists(), emulator.WithUnknownProperties()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := open(t, opts...)
			id := a.create(full)
			bare := a.create(minimal)
			a.StartEncoder(emulator.Encoder{TokenID: bare, Stream: show})
			first := a.StartEncoder(emulator.Encoder{TokenID: id, Stream: "a", SourceID: "side"})
			a.StartEncoder(emulator.Encoder{TokenID: id, Stream: "a", SourceID: "side"})
			a.at(1000)
			a.RestartEncoder(first)
			a.at(2000)

			for _, c := range []struct {
				method, path string
				body         any
			}{
				{"GET", "/api/cluster", nil},
				{"PUT", "/api/cluster", `{"defaultCluster":"phx-1"}`},
				{"GET", v1(id), nil},
				{"GET", v1(bare), nil},
				{"GET", tokens + "/list" + page1, nil},
				{"GET", tokens + "/list_by_name" + page1 + "&name=one", nil},
				{"GET", tokens + "/list_by_cluster" + page1 + "&cluster=fra-1", nil},
				{"GET", tokens + "/active/all", nil},
				{"GET", tokens + "/active?streamId=Abcde0/a", nil},
				{"GET", "/api/monitoring/streams", nil},
				{"GET", "/api/monitoring/streams/a", nil},
				{"GET", "/api/monitoring/streams/show", nil},
				{"PUT", v1(id), `{"label":"two"}`},
				{"PUT", v2(bare), `{"label":"three"}`},
				{"POST", v1(id) + "/restream/sync", nil},
				{"POST", "/api/stream/reprioritize", fmt.Sprintf(`{"tokenId":%d,"updatePriority":3}`, id)},
				{"POST", "/api/stream/stop", `{"streamId":"Abcde0/show"}`},
				{"POST", "/api/stream/stop/all", nil},
				{"GET", "/api/monitoring/streams/a", nil},
				{"PATCH", tokens + "/disable", fmt.Sprintf(`{"tokenIds":[%d,99]}`, id)},
				{"DELETE", v1(id), nil},
			} {
				if r := a.call(200, c.method, c.path, c.body); r.body["status"] != "success" {
					t.Errorf("%s %s: %s", c.method, c.path, r.raw)
				}
			}
		})
	}
}

// A response may carry null for an unset property.
func TestWithNulls_answersUnsetAsNull(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithNulls())
	data := a.call(200, "GET", v1(a.create(minimal)), nil).data()
	for _, key := range []string{"priority", "expiresOn", "encoderProfileId", "enableUTCInsertion", "geoCascade", "originCluster", "srtPassphrase", "bindIpsOnUsage", "restream", "allowedOrigins", "deniedCountries"} {
		if value, ok := data[key]; !ok || value != nil {
			t.Errorf("%s is %v, there: %v; want null", key, value, ok)
		}
	}
}

// A response may carry properties that are not in the description.
func TestWithUnknownProperties_addsSome(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithUnknownProperties())
	data := a.call(200, "GET", v1(a.create(minimal)), nil).data()
	if data["addedLater"] == nil || object(data["effectiveSettings"])["addedLater"] == nil {
		t.Errorf("got %v", data)
	}
}

// Lists that stand for sets may come in another order; restreams keep theirs.
func TestWithShuffledLists_turnsSetsAround(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.WithShuffledLists())
	data := a.call(200, "POST", tokens, `{"label":"one","streams":[{"streamName":"a"},{"streamName":"b"}],
		"allowedOrigins":["a","b"],"allowedIpAddresses":["192.0.2.1","192.0.2.2"],"deniedCountries":["DE","FR"],
		"geoCascade":{"isEnabled":true,"clusters":["fra-1","lon-1"]},"restream":[{"url":"a","key":"12345"},{"url":"b","key":"12345"}]}`).data()
	for key, want := range map[string]any{
		"streams":            []any{map[string]any{"streamName": "b", "isRegex": false}, map[string]any{"streamName": "a", "isRegex": false}},
		"allowedOrigins":     []any{"b", "a"},
		"allowedIpAddresses": []any{"192.0.2.2", "192.0.2.1"},
		"deniedCountries":    []any{"FR", "DE"},
		"geoCascade":         map[string]any{"isEnabled": true, "clusters": []any{"lon-1", "fra-1"}},
		"restream":           []any{map[string]any{"url": "a", "key": "12345"}, map[string]any{"url": "b", "key": "12345"}},
	} {
		if !reflect.DeepEqual(data[key], want) {
			t.Errorf("%s is %v, want %v", key, data[key], want)
		}
	}
}
