// Package dns has none of lego's DNS providers: they bring the SDKs of a hundred companies.
package dns

import (
	"fmt"

	"github.com/go-acme/lego/v5/challenge"
)

// NewDNSChallengeProviderByName fails for every name.
func NewDNSChallengeProviderByName(name string) (challenge.Provider, error) {
	return nil, fmt.Errorf("the DNS provider %s is left out of this build of Traefik", name)
}
