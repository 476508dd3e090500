module bluegreen.dev/tools/gateway-api

go 1.25.0

// What the file is copied out of: a folder of its own, because the programs are built anew with every change of theirs.
require (
	sigs.k8s.io/gateway-api v1.6.1
)
