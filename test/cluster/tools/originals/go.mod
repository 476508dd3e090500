module bluegreen.dev/tools/originals

go 1.25.0

// Modules that files are copied out of, by their own versions.
require (
	github.com/go-acme/lego/v4 v4.33.0
	github.com/go-acme/lego/v5 v5.4.1
	github.com/prometheus-operator/prometheus-operator v0.85.0
	github.com/traefik/traefik/v2 v2.11.35
	github.com/traefik/traefik/v3 v3.7.13
)
