// Package etcd is left out, but its name is not.
package etcd

// ProviderName as in Traefik.
const ProviderName = "etcd"
