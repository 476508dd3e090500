// Package zk is left out, but its name is not.
package zk

// ProviderName as in Traefik.
const ProviderName = "zookeeper"
