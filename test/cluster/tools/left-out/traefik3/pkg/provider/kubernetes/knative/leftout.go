// Package knative is left out.
package knative

import "github.com/traefik/traefik/v3/pkg/provider/leftout"

// Provider fails when it is enabled.
type Provider = leftout.Provider
