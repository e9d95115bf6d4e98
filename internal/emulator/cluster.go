package emulator

import "slices"

// autoCluster picks a cluster by the place of the publisher.
const autoCluster = "auto"

// cluster is a place that encoders publish to.
type cluster struct {
	ID       string          `json:"id"`
	Name     string          `json:"name"`
	RTMP     string          `json:"rtmp"` // host
	SRT      string          `json:"srt"`  // host
	Location clusterLocation `json:"location"`
	Features clusterFeatures `json:"features"`
}

type clusterLocation struct {
	City    string `json:"city"`
	Region  string `json:"region"`
	Country string `json:"country"`
}

type clusterFeatures struct {
	Transcoding bool `json:"transcoding"`
}

// knownClusters are the clusters of 2026. Their ids are the API's.
var knownClusters = []cluster{
	newCluster("iad-1", "Ashburn", "Virginia", "United States of America"),
	newCluster("phx-1", "Phoenix", "Arizona", "United States of America"),
	newCluster("sao-1", "São Paulo", "São Paulo", "Brazil"),
	newCluster("fra-1", "Frankfurt", "Hesse", "Germany"),
	newCluster("lon-1", "London", "England", "United Kingdom"),
	newCluster("blr-1", "Bangalore", "Karnataka", "India"),
	newCluster("sgp-1", "Singapore", "Singapore", "Singapore"),
	newCluster("syd-1", "Sydney", "New South Wales", "Australia"),
}

func newCluster(id, city, region, country string) cluster {
	return cluster{
		ID:       id,
		Name:     city,
		RTMP:     "rtmp-" + id + ".millicast.com",
		SRT:      "srt-" + id + ".millicast.com",
		Location: clusterLocation{City: city, Region: region, Country: country},
		Features: clusterFeatures{Transcoding: id == "phx-1"},
	}
}

func clusterIDs() []string {
	ids := make([]string, 0, len(knownClusters))
	for _, c := range knownClusters {
		ids = append(ids, c.ID)
	}
	return ids
}

func (w *world) getClusters(call) *answer {
	return succeeded(struct {
		DefaultCluster    string    `json:"defaultCluster"`
		AvailableClusters []cluster `json:"availableClusters"`
	}{w.defaultCluster, shuffle(w.shape, knownClusters)})
}

func (w *world) updateClusters(c call) *answer {
	var request struct {
		DefaultCluster string `json:"defaultCluster"`
	}
	if a := c.decode(&request); a != nil {
		return a
	}
	if request.DefaultCluster != autoCluster && !slices.Contains(clusterIDs(), request.DefaultCluster) {
		return failed(map[string]string{"defaultCluster": "This cluster is not available."})
	}
	w.defaultCluster = request.DefaultCluster
	return w.getClusters(c)
}
