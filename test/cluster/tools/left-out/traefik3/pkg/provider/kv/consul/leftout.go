// Package consul is left out.
package consul

import "github.com/traefik/traefik/v3/pkg/provider/leftout"

// ProviderBuilder builds a provider that fails.
type ProviderBuilder = leftout.Builder
