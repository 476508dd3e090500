// Argo CD in one program: `argocd serve FLAG...` runs the application controller, with the repo server and a Redis in
// memory beside it; `argocd resource health|actions|run` asks Argo CD's engine what the scripts in argocd-cm make of the
// object on standard input. Only the API server, the web page and what they drag in are left out.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"

	"github.com/alicebob/miniredis/v2"
	controller "github.com/argoproj/argo-cd/v3/cmd/argocd-application-controller/commands"
	reposerver "github.com/argoproj/argo-cd/v3/cmd/argocd-repo-server/commands"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/argo-cd/v3/util/settings"
	jsonpatch "github.com/evanphx/json-patch"
	log "github.com/sirupsen/logrus"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const namespace = "argocd"

func main() {
	if len(os.Args) < 3 {
		fail(errors.New("usage: argocd serve FLAG... | argocd resource health|actions|run ACTION"))
	}
	var err error
	if os.Args[1] == "serve" {
		err = serve(os.Args[2:])
	} else {
		err = resource(os.Args[2:])
	}
	fail(err)
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve ends with the first of the two commands.
func serve(flags []string) error {
	redis, err := miniredis.Run()
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	ended := make(chan error, 2)
	repo := reposerver.NewCommand()
	repo.SetArgs([]string{
		"--address", "127.0.0.1", "--port", port, "--disable-tls", "--metrics-address", "127.0.0.1", "--metrics-port", "0",
		"--redis", redis.Addr(),
	})
	go func() { ended <- repo.Execute() }()
	control := controller.NewCommand()
	control.SetArgs(append([]string{
		"--namespace", namespace, "--repo-server", net.JoinHostPort("127.0.0.1", port), "--repo-server-plaintext",
		"--redis", redis.Addr(), "--metrics-port", "0",
	}, flags...))
	go func() { ended <- control.Execute() }()
	return <-ended
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// resource prints JSON: of `run` the merge patch that Argo CD's API server sends.
func resource(words []string) error {
	log.SetOutput(io.Discard)
	live, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(live); err != nil {
		return err
	}
	vm, err := engine()
	if err != nil {
		return err
	}
	switch {
	case words[0] == "health":
		health, err := lua.ResourceHealthOverrides(vm.ResourceOverrides).GetResourceHealth(object)
		return printed(health, err)
	case words[0] == "actions":
		scripts, err := vm.GetResourceActionDiscovery(object)
		if err != nil {
			return err
		}
		actions, err := vm.ExecuteResourceActionDiscovery(object, scripts)
		return printed(actions, err)
	case words[0] == "run" && len(words) == 2:
		patch, err := run(vm, object, words[1])
		return printed(json.RawMessage(patch), err)
	}
	return fmt.Errorf("unknown: %v", words)
}

func printed(value any, err error) error {
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(value)
}

// engine has the customizations of argocd-cm, as Argo CD reads them.
func engine() (*lua.VM, error) {
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{}).ClientConfig()
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	overrides, err := settings.NewSettingsManager(context.Background(), client, namespace).GetResourceOverrides()
	return &lua.VM{ResourceOverrides: overrides}, err
}

func run(vm *lua.VM, object *unstructured.Unstructured, name string) ([]byte, error) {
	action, err := vm.GetResourceAction(object, name)
	if err != nil {
		return nil, err
	}
	changed, err := vm.ExecuteResourceAction(object.DeepCopy(), action.ActionLua, nil)
	if err != nil {
		return nil, err
	}
	if len(changed) != 1 || changed[0].K8SOperation != lua.PatchOperation {
		return nil, fmt.Errorf("%s is no patch of the object alone", name)
	}
	before, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	after, err := json.Marshal(changed[0].UnstructuredObj)
	if err != nil {
		return nil, err
	}
	return jsonpatch.CreateMergePatch(before, after)
}
