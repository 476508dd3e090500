// Package consul is left out, but its name is not.
package consul

// ProviderName as in Traefik.
const ProviderName = "consul"
