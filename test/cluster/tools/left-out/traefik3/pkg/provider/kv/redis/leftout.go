// Package redis is left out.
package redis

import "github.com/traefik/traefik/v3/pkg/provider/leftout"

// Provider fails when it is enabled.
type Provider = leftout.Provider
