// Package nomad is left out, but its name is not.
package nomad

// ProviderName as in Traefik.
const ProviderName = "nomad"
