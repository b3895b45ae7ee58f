// A program on client-go, as operators are: what the tests have it do is its first argument.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func main() {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	must(err)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	// The tests do not wait for a client that waits for itself.
	config.QPS = 500
	config.Burst = 500
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	namespace := os.Args[2]
	switch os.Args[1] {
	case "exchange":
		exchange(ctx, config, namespace)
	case "elect":
		elect(ctx, config, namespace, os.Args[3])
	case "inform":
		inform(ctx, config, namespace)
	default:
		must(fmt.Errorf("exchange, elect or inform, not %q", os.Args[1]))
	}
}

// inform prints what a shared informer's handlers are told of the config maps of a namespace.
func inform(ctx context.Context, config *rest.Config, namespace string) {
	factory := informers.NewSharedInformerFactoryWithOptions(
		kubernetes.NewForConfigOrDie(config), 0, informers.WithNamespace(namespace))
	informer := factory.Core().V1().ConfigMaps().Informer()
	say := func(what string) func(any) {
		return func(object any) {
			if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = gone.Obj
			}
			configMap := object.(*corev1.ConfigMap)
			fmt.Println(what, configMap.Name, configMap.Data["value"])
		}
	}
	updated := say("updated")
	must2(informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    say("added"),
		UpdateFunc: func(_, object any) { updated(object) },
		DeleteFunc: say("deleted"),
	}))
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	fmt.Println("synced")
	<-ctx.Done()
}

// elect stands for election under a name until it is told to end, and prints who leads.
func elect(ctx context.Context, config *rest.Config, namespace, name string) {
	client := kubernetes.NewForConfigOrDie(config)
	leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: namespace},
			Client:     client.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: name},
		},
		LeaseDuration:   2 * time.Second,
		RenewDeadline:   1500 * time.Millisecond,
		RetryPeriod:     200 * time.Millisecond,
		ReleaseOnCancel: true,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { fmt.Println("leading") },
			OnStoppedLeading: func() { fmt.Println("stopped") },
			OnNewLeader:      func(identity string) { fmt.Println("leader", identity) },
		},
	})
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func must2[T any](value T, err error) T {
	must(err)
	return value
}
