// Package docker is left out. The fields are those that Traefik's configuration sets.
package docker

import (
	ptypes "github.com/traefik/paerser/types"
	"github.com/traefik/traefik/v3/pkg/provider/leftout"
)

// Provider fails when it is enabled.
type Provider struct {
	leftout.Provider

	HTTPClientTimeout ptypes.Duration
}

// SwarmProvider fails when it is enabled.
type SwarmProvider struct {
	leftout.Provider

	HTTPClientTimeout ptypes.Duration
	RefreshSeconds    ptypes.Duration
}
