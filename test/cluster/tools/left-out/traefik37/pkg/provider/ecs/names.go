// Package ecs is left out, but its name is not.
package ecs

// ProviderName as in Traefik.
const ProviderName = "ecs"
