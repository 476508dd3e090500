module bluegreen.dev/tools/neighbors/originals

go 1.26.0

// Modules that files are copied out of, by their own versions.
require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/fluxcd/kustomize-controller v1.9.3
	github.com/fluxcd/pkg/auth v0.54.1
	github.com/fluxcd/source-controller v1.9.3
)
