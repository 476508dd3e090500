// Package knative is left out, but its name is not.
package knative

// ProviderName as in Traefik.
const ProviderName = "knative"
