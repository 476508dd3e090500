// Package ecs is left out: it brings a large SDK.
package ecs

import (
	"errors"

	"github.com/traefik/traefik/v2/pkg/config/dynamic"
	"github.com/traefik/traefik/v2/pkg/safe"
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
