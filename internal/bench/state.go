package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/millicast/terraform-provider-millicast/internal/emulator"
)

// seedTokens makes an account of so many tokens, and the state that an apply of
// all would leave: one is applied, and the rest are made like it. The plans that
// follow fail if they find a difference.
func (b *bench) seedTokens(a *account, managed int) (*module, error) {
	m, err := newModule(b.cli, b.observed, b.dir, fmt.Sprintf(tokensConfig, managed), a.env()...)
	if err != nil {
		return nil, err
	}
	if _, err := m.run(b.ctx, "apply", "-auto-approve", "-var=managed=1"); err != nil {
		return nil, err
	}
	return m, m.multiply(func(i int, attributes, identity map[string]any) {
		token := a.addLike(a.Tokens()[0], fmt.Sprint("token-", i), fmt.Sprint("stream-", i))
		attributes["id"], identity["id"] = token.ID, token.ID
		attributes["label"], attributes["token"] = token.Label, token.Secret
		attributes["streams"] = []any{map[string]any{"stream_name": fmt.Sprint("stream-", i), "is_regex": false}}
	}, managed)
}

// addLike adds a token that differs from another only in its names and secret.
func (a *account) addLike(like emulator.Token, label, stream string) (added emulator.Token) {
	id := a.CreateToken(emulator.TokenSeed{Label: label, Streams: []emulator.Stream{{Name: stream}}})
	a.UpdateToken(id, func(t *emulator.Token) {
		own := *t
		*t = like
		t.ID, t.Label, t.Secret, t.Streams = own.ID, own.Label, own.Secret, own.Streams
		added = *t
	})
	return added
}

// multiply puts more instances of the only resource into the state, until there
// are so many. change makes a copy of the first one's values another's.
func (m *module) multiply(change func(i int, attributes, identity map[string]any), total int) error {
	file := filepath.Join(m.dir, "terraform.tfstate")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var state map[string]any
	if err := json.Unmarshal(text, &state); err != nil {
		return err
	}
	resources, _ := state["resources"].([]any)
	if len(resources) != 1 {
		return fmt.Errorf("the state has %d resources", len(resources))
	}
	resource, _ := resources[0].(map[string]any)
	instances, _ := resource["instances"].([]any)
	if len(instances) != 1 {
		return fmt.Errorf("the state has %d instances", len(instances))
	}
	first, _ := instances[0].(map[string]any)
	attributes, ok := first["attributes"].(map[string]any)
	if !ok {
		return errors.New("the state has no attributes")
	}
	identity, _ := first["identity"].(map[string]any) // CLIs that know none keep none
	for i := 1; i < total; i++ {
		instance, own, named := maps.Clone(first), maps.Clone(attributes), map[string]any{}
		maps.Copy(named, identity)
		change(i, own, named)
		instance["index_key"], instance["attributes"] = i, own
		if identity != nil {
			instance["identity"] = named
		}
		instances = append(instances, instance)
	}
	resource["instances"] = instances
	if text, err = json.Marshal(state); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}
