package emulator

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// accountNumber is how the API names the account in some of its messages.
const accountNumber = 5001

// call is a request that the description allows.
type call struct {
	*operation
	body []byte
}

// calls has what each operation of the description does.
var calls = map[string]func(*world, call) *answer{
	"createToken":              (*world).createToken,
	"getToken":                 (*world).getToken,
	"updateToken":              (*world).updateToken,
	"updateTokenV1":            (*world).updateTokenV1,
	"deleteToken":              (*world).deleteToken,
	"disableTokens":            (*world).disableTokens,
	"syncRestreams":            (*world).syncRestreams,
	"listTokens":               (*world).listTokens,
	"listTokensByName":         (*world).listTokensByName,
	"listTokensByCluster":      (*world).listTokensByCluster,
	"listActiveTokens":         (*world).listActiveTokens,
	"listActiveTokensOfStream": (*world).listActiveTokensOfStream,
	"reprioritize":             (*world).reprioritize,
	"stopStream":               (*world).stopStream,
	"stopAllStreams":           (*world).stopAllStreams,
	"listStreams":              (*world).listStreams,
	"getStream":                (*world).getStream,
	"getClusters":              (*world).getClusters,
	"updateClusters":           (*world).updateClusters,
}

// decode reads the body of a call, which has been validated.
func (c call) decode(into any) *answer {
	if err := json.Unmarshal(c.body, into); err != nil {
		return failed(map[string]any{"message": err.Error()})
	}
	return nil
}

// path returns a path parameter.
func (c call) path(name string) string { return c.input.PathParams[name] }

// tokenID returns the id in the path.
func (c call) tokenID() int64 {
	id, _ := strconv.ParseInt(c.path("tokenId"), 10, 64) // validated
	return id
}

// query returns a query parameter, or otherwise if it is not there.
func (c call) query(name, otherwise string) string {
	if !c.values.Has(name) {
		return otherwise
	}
	return c.values.Get(name)
}

// number returns an integer query parameter, or otherwise if it is not there.
func (c call) number(name string, otherwise int) int {
	n, err := strconv.Atoi(c.values.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// flag returns a boolean query parameter, and nil if it is not there.
func (c call) flag(name string) *bool {
	b, err := strconv.ParseBool(c.values.Get(name))
	if err != nil {
		return nil
	}
	return &b
}

// page returns the part of items that a call asks for, empty after the end.
func page[T any](c call, items []T, perPage int) []T {
	perPage = c.number("itemsOnPage", perPage)
	// Not multiplied before it is known to be small: the page may be any int32.
	first := c.number("page", 1) - 1
	if first > len(items)/perPage {
		return nil
	}
	from := first * perPage
	return items[min(from, len(items)):min(from+perPage, len(items))]
}

// noToken answers a call for a token that does not exist. It is a 400, not a 404.
func noToken(id int64) *answer {
	return failed(map[string]string{"tokenId": fmt.Sprintf("No publish token with id: %d", id)})
}

// invalidToken is the other wording of noToken.
func invalidToken(id int64) *answer {
	return failed(map[string]string{"tokenId": fmt.Sprintf("Invalid TokenId (%d) for AccountId (%d)", id, accountNumber)})
}

// noStream answers a call for a stream that was not live within the hour.
func noStream(name string) *answer {
	return failed(map[string]string{"message": fmt.Sprintf("Stream name %s not found", name)})
}
