// Package ext stands for a module that Traefik keeps in its own repository.
package ext

// HTTP has no settings.
type HTTP struct{}

// Router has no settings.
type Router struct{}
