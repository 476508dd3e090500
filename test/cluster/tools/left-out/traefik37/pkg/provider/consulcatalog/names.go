// Package consulcatalog is left out, but its name is not.
package consulcatalog

// ProviderName as in Traefik.
const ProviderName = "consulcatalog"
