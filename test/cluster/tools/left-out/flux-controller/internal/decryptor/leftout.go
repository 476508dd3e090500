// Package decryptor is left out: it brings SOPS with the SDKs of the clouds. Nothing on the test cluster is encrypted.
package decryptor

import (
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/kustomize/api/resource"

	"github.com/fluxcd/pkg/cache"

	kustomize "github.com/fluxcd/kustomize-controller/api/v1"
)

// Option changes nothing.
type Option func()

// WithRoot changes nothing.
func WithRoot(string) Option { return func() {} }

// WithTokenCache changes nothing.
func WithTokenCache(cache.TokenCache) Option { return func() {} }

// WithSOPSAgeSecret changes nothing.
func WithSOPSAgeSecret(string, string) Option { return func() {} }

// WithVaultConfigMap changes nothing.
func WithVaultConfigMap(string, string) Option { return func() {} }

// IsDecryptionDisabled tells that nothing is exempt.
func IsDecryptionDisabled(map[string]string) bool { return false }

// IsEncryptedSecret tells as Flux does, so that an encrypted Secret is not applied as it is.
func IsEncryptedSecret(object *unstructured.Unstructured) bool {
	_, found, _ := unstructured.NestedFieldNoCopy(object.Object, "sops")
	return found && object.GetKind() == "Secret" && object.GetAPIVersion() == "v1"
}

// Decryptor decrypts nothing.
type Decryptor struct{}

// New fails for a Kustomization that wants decryption.
func New(_ client.Client, kustomization *kustomize.Kustomization, _ ...Option) (*Decryptor, func(), error) {
	if kustomization.Spec.Decryption != nil {
		return nil, nil, errors.New("decryption is left out of this build of Flux")
	}
	return &Decryptor{}, func() {}, nil
}

// ImportKeys has no keys to import.
func (*Decryptor) ImportKeys(context.Context) error { return nil }

// SetAuthOptions has nowhere to log in.
func (*Decryptor) SetAuthOptions(context.Context) {}

// DecryptSources leaves the files as they are.
func (*Decryptor) DecryptSources(string) error { return nil }

// DecryptResource leaves the object as it is.
func (*Decryptor) DecryptResource(*resource.Resource) (*resource.Resource, error) { return nil, nil }
