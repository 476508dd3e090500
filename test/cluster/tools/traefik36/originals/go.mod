module bluegreen.dev/tools/traefik36/originals

go 1.25.0

// Modules that files are copied out of, by their own versions.
require (
	github.com/go-acme/lego/v4 v4.33.0
	github.com/traefik/traefik/v3 v3.6.12
)
