// Package leftout stands for providers that have no use on the test cluster and bring large SDKs.
package leftout

import (
	"errors"

	"github.com/traefik/traefik/v3/pkg/config/dynamic"
	"github.com/traefik/traefik/v3/pkg/safe"
)

// Provider fails when it is enabled.
type Provider struct{}

// Init reports that this build has no such provider.
func (*Provider) Init() error {
	return errors.New("this provider is left out of this build of Traefik")
}

// Provide is never called: Init has failed.
func (*Provider) Provide(chan<- dynamic.Message, *safe.Pool) error {
	return nil
}

// Builder takes the place of those that build one provider for each namespace.
type Builder struct{}

// BuildProviders returns one that fails.
func (*Builder) BuildProviders() []*Provider {
	return []*Provider{{}}
}
