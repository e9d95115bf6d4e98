package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// bareClient carries the bare calls.
var bareClient = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}

// bareSwitch raises the standby of a stream: it looks, calls, and looks until the
// feed is back, with the waits of the provider.
func bareSwitch(ctx context.Context, s *show, i int) error {
	id := s.standbys[i]
	if err := bareCall(ctx, s, http.MethodGet, fmt.Sprintf("/api/publish_token/%d", id), nil, &struct{}{}); err != nil {
		return err
	}
	var seen bareStream
	if err := bareCall(ctx, s, http.MethodGet, "/api/monitoring/streams/"+streamName(i), nil, &seen); err != nil {
		return err
	}
	change := map[string]any{"tokenId": id, "updatePriority": 30}
	if err := bareCall(ctx, s, http.MethodPost, "/api/stream/reprioritize", change, &struct{}{}); err != nil {
		return err
	}
	for wait := time.Second / 4; !seen.hasFeed(id, 30); wait = min(2*wait, time.Second) {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		seen = bareStream{}
		if err := bareCall(ctx, s, http.MethodGet, "/api/monitoring/streams/"+streamName(i), nil, &seen); err != nil {
			return err
		}
	}
	return nil
}

type bareStream struct {
	Feeds []struct {
		TokenID  int64  `json:"tokenId"`
		Active   bool   `json:"active"`
		Priority *int32 `json:"priority"`
	} `json:"feeds"`
}

func (b bareStream) hasFeed(tokenID int64, priority int32) bool {
	for _, feed := range b.Feeds {
		if feed.TokenID == tokenID && feed.Active && feed.Priority != nil && *feed.Priority == priority {
			return true
		}
	}
	return false
}

// bareCall makes one call of the API and decodes the data of its answer.
func bareCall(ctx context.Context, s *show, method, path string, body, data any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, &sent)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.Secret())
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := bareClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: HTTP %d", method, path, resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(&struct {
		Data any `json:"data"`
	}{data})
}
