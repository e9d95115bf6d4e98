package millicast

import (
	"context"
	"net/http"
)

// Clusters are the account's default cluster and those it may publish to.
type Clusters struct {
	DefaultCluster    string    `json:"defaultCluster"`
	AvailableClusters []Cluster `json:"availableClusters"`
}

// Cluster is a place that encoders publish to.
type Cluster struct {
	ID       string           `json:"id"`   // such as "phx-1"
	Name     string           `json:"name"` // such as "Phoenix"
	RTMP     string           `json:"rtmp"` // host
	SRT      string           `json:"srt"`  // host
	Location *ClusterLocation `json:"location"`
	Features *ClusterFeatures `json:"features"`
}

// ClusterLocation says where a cluster stands.
type ClusterLocation struct {
	City    *string `json:"city"`
	Region  *string `json:"region"`
	Country *string `json:"country"`
}

// ClusterFeatures says what a cluster can do.
type ClusterFeatures struct {
	Transcoding bool `json:"transcoding"`
}

// ClustersClient has the calls for clusters. Get it from [Client.Clusters].
type ClustersClient struct{ c *Client }

// Get reads the account's clusters. It is the cheapest call that tells a wrong
// secret. [PublishTokensClient.Read] counts it among the single calls.
func (k *ClustersClient) Get(ctx context.Context) (Clusters, error) {
	defer k.c.reads.besides()
	return do[Clusters](ctx, k.c, call{method: http.MethodGet, route: "/api/cluster"})
}
