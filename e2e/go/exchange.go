package main

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// exchange has the typed client write and read built-in kinds, in Protobuf.
func exchange(ctx context.Context, config *rest.Config, namespace string) {
	client := kubernetes.NewForConfigOrDie(config)
	version := must2(client.Discovery().ServerVersion())
	fmt.Println("version", version.Major, version.Minor)
	core := client.CoreV1()

	configMap := must2(core.ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "typed", Labels: map[string]string{"a": "b"}},
		Data:       map[string]string{"k": "v"},
		BinaryData: map[string][]byte{"b": {0, 1, 255}},
	}, metav1.CreateOptions{}))
	configMap.Data["k"] = "w"
	updated := must2(core.ConfigMaps(namespace).Update(ctx, configMap, metav1.UpdateOptions{}))
	_, err := core.ConfigMaps(namespace).Update(ctx, configMap, metav1.UpdateOptions{})
	fmt.Println("conflict", errors.IsConflict(err))
	fmt.Println("kept", updated.Data["k"], updated.BinaryData["b"], updated.CreationTimestamp.Time.IsZero())
	_, err = core.ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "typed"}}, metav1.CreateOptions{})
	fmt.Println("exists", errors.IsAlreadyExists(err))
	_, err = core.ConfigMaps(namespace).Get(ctx, "absent", metav1.GetOptions{})
	fmt.Println("absent", errors.IsNotFound(err))
	_, err = core.ConfigMaps(namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "Not_A_Name"}}, metav1.CreateOptions{})
	fmt.Println("invalid", errors.IsInvalid(err))
	patched := must2(core.ConfigMaps(namespace).Patch(ctx, "typed", types.StrategicMergePatchType,
		[]byte(`{"metadata":{"labels":{"a":null,"c":"d"}}}`), metav1.PatchOptions{}))
	fmt.Println("labels", patched.Labels)
	applied := must2(core.ConfigMaps(namespace).Apply(ctx, coreapply.ConfigMap("applied", namespace).
		WithData(map[string]string{"x": "y"}), metav1.ApplyOptions{FieldManager: "go"}))
	fmt.Println("applied", applied.ManagedFields[0].Manager, applied.ManagedFields[0].Operation)
	_, err = core.ConfigMaps(namespace).Apply(ctx, coreapply.ConfigMap("applied", namespace).
		WithData(map[string]string{"x": "z"}), metav1.ApplyOptions{FieldManager: "other"})
	fmt.Println("apply conflict", errors.IsConflict(err))

	service := must2(core.Services(namespace).Create(ctx, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "typed"},
		Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "typed"},
			Ports:    []corev1.ServicePort{{Port: 80, TargetPort: intstr.FromString("http")}},
		},
	}, metav1.CreateOptions{}))
	fmt.Println("service", service.Spec.Type, service.Spec.ClusterIP != "", service.Spec.Ports[0].Protocol, service.Spec.Ports[0].TargetPort.String())

	labels := map[string]string{"app": "typed"}
	replicas := int32(2)
	deployment := must2(client.AppsV1().Deployments(namespace).Create(ctx, &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "typed"},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec: corev1.PodSpec{Containers: []corev1.Container{{
					Name: "c", Image: "nginx",
					Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{
						corev1.ResourceCPU: resource.MustParse("1500m"), corev1.ResourceMemory: resource.MustParse("64Mi")}},
				}}},
			},
		},
	}, metav1.CreateOptions{}))
	container := deployment.Spec.Template.Spec.Containers[0]
	fmt.Println("deployment", *deployment.Spec.Replicas, deployment.Generation, container.ImagePullPolicy,
		container.Resources.Requests.Cpu(), deployment.Spec.Strategy.RollingUpdate.MaxSurge.String())
	scale := must2(client.AppsV1().Deployments(namespace).GetScale(ctx, "typed", metav1.GetOptions{}))
	scale = must2(client.AppsV1().Deployments(namespace).UpdateScale(ctx, "typed", &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: scale.Name, Namespace: namespace}, Spec: autoscalingv1.ScaleSpec{Replicas: 3}}, metav1.UpdateOptions{}))
	fmt.Println("scale", scale.Spec.Replicas, scale.Status.Selector)
	deployment = must2(client.AppsV1().Deployments(namespace).Apply(ctx, appsapply.Deployment("typed", namespace).
		WithSpec(appsapply.DeploymentSpec().WithReplicas(4)), metav1.ApplyOptions{FieldManager: "go", Force: true}))
	fmt.Println("scaled", *deployment.Spec.Replicas)

	job := must2(client.BatchV1().Jobs(namespace).Create(ctx, &batchv1.Job{
		ObjectMeta: metav1.ObjectMeta{GenerateName: "typed-"},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			RestartPolicy: corev1.RestartPolicyNever,
			Containers:    []corev1.Container{{Name: "c", Image: "busybox"}}}}},
	}, metav1.CreateOptions{}))
	fmt.Println("job", *job.Spec.Completions, *job.Spec.BackoffLimit, len(job.Name) == len("typed-")+5)

	event := must2(core.Events(namespace).Create(ctx, &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Name: "typed.1"},
		InvolvedObject: corev1.ObjectReference{Kind: "ConfigMap", Namespace: namespace, Name: "typed"},
		Reason:         "Typed", Type: "Normal",
		EventTime:           metav1.NewMicroTime(time.Unix(1_700_000_000, 123_456_000)),
		ReportingController: "example.com/go", ReportingInstance: "go-1", Action: "Typing",
	}, metav1.CreateOptions{}))
	fmt.Println("event", event.EventTime.UTC().Format(time.RFC3339Nano))

	first := must2(core.ConfigMaps(namespace).List(ctx, metav1.ListOptions{Limit: 1}))
	second := must2(core.ConfigMaps(namespace).List(ctx, metav1.ListOptions{Limit: 1, Continue: first.Continue}))
	fmt.Println("pages", len(first.Items), len(second.Items), first.Items[0].Name < second.Items[0].Name)
	list := must2(core.ConfigMaps(namespace).List(ctx, metav1.ListOptions{}))
	watching := must2(core.ConfigMaps(namespace).Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion}))
	must(core.ConfigMaps(namespace).Delete(ctx, "applied", metav1.DeleteOptions{}))
	seen := <-watching.ResultChan()
	fmt.Println("watched", seen.Type == watch.Deleted, seen.Object.(*corev1.ConfigMap).Name)
	watching.Stop()

	uid := updated.UID
	stale := types.UID("stale")
	err = core.ConfigMaps(namespace).Delete(ctx, "typed", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &stale}})
	fmt.Println("precondition", errors.IsConflict(err))
	must(core.ConfigMaps(namespace).Delete(ctx, "typed", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}}))
	must(client.BatchV1().Jobs(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}))
	must(client.AppsV1().Deployments(namespace).Delete(ctx, "typed", metav1.DeleteOptions{}))
	must(core.Events(namespace).Delete(ctx, event.Name, metav1.DeleteOptions{}))
	must(core.Services(namespace).Delete(ctx, "typed", metav1.DeleteOptions{}))
	fmt.Println("done")
}
