// Package redis is left out, but its name is not.
package redis

// ProviderName as in Traefik.
const ProviderName = "redis"
