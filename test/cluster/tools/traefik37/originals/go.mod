module bluegreen.dev/tools/traefik37/originals

go 1.26.0

// Modules that files are copied out of, by their own versions.
require (
	github.com/go-acme/lego/v5 v5.4.1
	github.com/traefik/traefik/v3 v3.7.13
)
