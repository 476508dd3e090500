// Package datadog is left out: it brings a large SDK.
package datadog

import (
	"errors"
	"io"

	"github.com/opentracing/opentracing-go"
)

// Name is the tracer's.
const Name = "datadog"

// Config fails when it is used.
type Config struct{}

// Setup reports that this build has no such tracer.
func (*Config) Setup(string) (opentracing.Tracer, io.Closer, error) {
	return nil, nil, errors.New("this tracer is left out of this build of Traefik")
}
