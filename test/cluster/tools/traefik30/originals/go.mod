module bluegreen.dev/tools/traefik30/originals

go 1.25.0

// Modules that files are copied out of, by their own versions.
require (
	github.com/go-acme/lego/v4 v4.17.4
	github.com/traefik/traefik/v3 v3.0.4
)
