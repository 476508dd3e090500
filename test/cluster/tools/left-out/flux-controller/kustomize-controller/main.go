// kustomize-controller as its own main starts it, with the defaults of its flags, and without SPIFFE. It stands in a copy
// of its module, because its packages are internal.
package main

import (
	"fmt"
	"os"
	"time"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/fluxcd/pkg/apis/meta"
	fluxclient "github.com/fluxcd/pkg/runtime/client"
	fluxcontroller "github.com/fluxcd/pkg/runtime/controller"
	"github.com/fluxcd/pkg/runtime/events"
	"github.com/fluxcd/pkg/runtime/logger"
	"github.com/fluxcd/pkg/runtime/metrics"
	source "github.com/fluxcd/source-controller/api/v1"

	kustomize "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/kustomize-controller/internal/controller"
)

const name = "kustomize-controller"

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	logger.SetLogger(logger.NewLogger(logger.Options{LogEncoding: "json", LogLevel: "info"}))
	ctx := ctrl.SetupSignalHandler()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientscheme.AddToScheme, source.AddToScheme, kustomize.AddToScheme} {
		if err := add(scheme); err != nil {
			return err
		}
	}
	recoverPanic := true
	manager, err := ctrl.NewManager(fluxclient.GetConfigOrDie(fluxclient.Options{QPS: 50, Burst: 300}), ctrl.Options{
		Scheme:                 scheme,
		Logger:                 ctrl.Log,
		HealthProbeBindAddress: "0",
		Metrics:                server.Options{BindAddress: "0"},
		Client: client.Options{
			Cache: &client.CacheOptions{DisableFor: []client.Object{&core.Secret{}, &core.ConfigMap{}}},
		},
		Controller: config.Controller{MaxConcurrentReconciles: 4, RecoverPanic: &recoverPanic},
	})
	if err != nil {
		return err
	}
	recorder, err := events.NewRecorder(manager, ctrl.Log, "", name)
	if err != nil {
		return err
	}
	mapper, err := fluxclient.NewDynamicRESTMapper(manager.GetConfig())
	if err != nil {
		return err
	}
	watched, err := fluxcontroller.GetWatchConfigsPredicate(fluxcontroller.WatchOptions{
		ConfigsLabelSelector: meta.LabelKeyWatch + "=" + meta.LabelValueWatchEnabled,
	})
	if err != nil {
		return err
	}
	reconciler := &controller.KustomizationReconciler{
		APIReader:                 manager.GetAPIReader(),
		AllowExternalArtifact:     true,
		ArtifactFetchRetries:      9,
		Client:                    manager.GetClient(),
		ConcurrentSSA:             4,
		ControllerName:            name,
		DependencyRequeueInterval: 30 * time.Second,
		EventRecorder:             recorder,
		FailFast:                  true,
		Mapper:                    mapper,
		Metrics:                   fluxcontroller.NewMetrics(manager, metrics.MustMakeRecorder(), kustomize.KustomizationFinalizer),
		StatusManager:             "gotk-" + name,
	}
	if err := reconciler.SetupWithManager(ctx, manager, controller.KustomizationReconcilerOptions{
		RateLimiter: fluxcontroller.GetRateLimiter(fluxcontroller.RateLimiterOptions{
			MinRetryDelay: 750 * time.Millisecond,
			MaxRetryDelay: 15 * time.Minute,
		}),
		WatchConfigs:           true,
		WatchConfigsPredicate:  watched,
		WatchExternalArtifacts: true,
	}); err != nil {
		return err
	}
	return manager.Start(ctx)
}
