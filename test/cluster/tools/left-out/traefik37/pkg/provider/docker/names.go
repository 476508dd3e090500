// Package docker is left out, but its name is not.
package docker

// Names of the providers as in Traefik.
const (
	DockerName = "docker"
	SwarmName  = "swarm"
)
