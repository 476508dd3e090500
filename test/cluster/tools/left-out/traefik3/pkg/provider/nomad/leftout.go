// Package nomad is left out.
package nomad

import "github.com/traefik/traefik/v3/pkg/provider/leftout"

// ProviderBuilder builds a provider that fails.
type ProviderBuilder = leftout.Builder
