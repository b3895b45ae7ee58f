/** What is written to the terminal's home before the commands run. */
export const files: Readonly<Record<string, string>> = {
  'pod.yaml': `
apiVersion: v1
kind: Pod
metadata: { name: p1, labels: { app: p1 } }
spec: { containers: [{ name: c, image: nginx }] }
`,
  'dep.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: d1, labels: { app: d1 } }
spec:
  replicas: 2
  selector: { matchLabels: { app: d1 } }
  template:
    metadata: { labels: { app: d1 } }
    spec: { containers: [{ name: c, image: 'nginx:1' }] }
`,
  'dep2.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: { name: d1, labels: { app: d1, more: before } }
spec:
  replicas: 2
  selector: { matchLabels: { app: d1 } }
  template:
    metadata: { labels: { app: d1 } }
    spec: { containers: [{ name: c, image: 'nginx:2' }] }
`,
  'cm.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: applied }
data: { a: b }
`,
  'unknown.yaml': `
apiVersion: v1
kind: ConfigMap
metadata: { name: unknown }
spec: { a: b }
`,
  'rbac.yaml': `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reconciled, namespace: default }
rules: [{ apiGroups: [''], resources: [pods], verbs: [get] }]
`,
  'sts.yaml': `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: s1 }
spec:
  replicas: 1
  serviceName: s1
  selector: { matchLabels: { app: s1 } }
  template:
    metadata: { labels: { app: s1 } }
    spec: { containers: [{ name: c, image: 'nginx:1' }] }
`,
};

/**
 * A command line without `kubectl`, what it must print, and where it is known what it must ask, discovery aside; with `!` in
 * front, it must fail. What was recorded of clients is in client-requests.test.ts.
 */
export type Row = readonly [command: string, said: RegExp, asked?: readonly string[]];

/** Before what is written: the index of OpenAPI documents; those themselves are kept. */
const INDEX = 'GET /openapi/v3?timeout=32s';
const POD = 'GET /api/v1/namespaces/default/pods/p1';
const DEPLOYMENT = '/apis/apps/v1/namespaces/default/deployments/d1';
const SMP = 'application/strategic-merge-patch+json';

export const reading: readonly Row[] = [
  ['version', /Server Version: v1\.35/, ['GET /version?timeout=32s']],
  [
    'api-resources',
    /networkpolicies\s+netpol\s+networking\.k8s\.io\/v1\s+true\s+NetworkPolicy/,
    ['GET /api?timeout=32s', 'GET /apis?timeout=32s'],
  ],
  ['api-resources --namespaced=false -o name', /^storageclasses\.storage\.k8s\.io$/m],
  ['api-versions', /^autoscaling\/v1\nautoscaling\/v2$/m],
  ['cluster-info', /control plane/],
  ['explain pod.spec.containers --recursive=false', /FIELDS:[\s\S]*image\s+<string>/],
  ['explain networkpolicy.spec', /podSelector/],
  ['explain deployment.spec --output=plaintext-openapiv2', /strategy\s+<Object>/],
  ['auth can-i create deployments', /^yes/],
  ['auth can-i --list', /Resources/],
  ['auth whoami', /Username\s+root/],
  ['get namespaces', /kube-system\s+Active/],
  ['get nodes -o wide', /sallyport-node\s+Ready/],
  ['get --raw /healthz', /^ok/],
];

export const writing: readonly Row[] = [
  ['create secret generic s --from-literal=a=b', /secret\/s created/],
  ['create configmap c --from-literal=a=b', /configmap\/c created/],
  ['create serviceaccount sa', /serviceaccount\/sa created/],
  ['create quota q --hard=pods=20', /resourcequota\/q created/],
  ['create poddisruptionbudget pdb --selector=app=none --min-available=1', /pdb created/],
  ['create ingress i --rule=a.example/*=svc:80', /ingress\.networking\.k8s\.io\/i created/],
  ['create service clusterip svc --tcp=80:80', /service\/svc created/],
  ['create job j --image=busybox -- true', /job\.batch\/j created/],
  ['create cronjob cj --image=busybox --schedule=@yearly -- true', /cronjob\.batch\/cj created/],
  ['create token sa', /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/m],
  [
    'create -f cm.yaml',
    /configmap\/applied created/,
    [
      INDEX,
      'POST /api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict application/json',
    ],
  ],
  ['!create -f cm.yaml', /configmaps "applied" already exists/],
  ['!create -f unknown.yaml', /strict decoding error: unknown field "spec"/],
  ['create -f unknown.yaml --validate=warn', /unknown field "spec"/],
  ['replace -f cm.yaml', /configmap\/applied replaced/],
  ['replace --force -f cm.yaml', /configmap\/applied replaced/],
  ['run r1 --image=nginx --port=80 --expose', /pod\/r1 created/],
  ['apply -f pod.yaml', /pod\/p1 created/],
  ['apply -f dep.yaml', /d1 created/],
  ['apply -f dep.yaml', /d1 unchanged/],
  [
    '!diff -f dep2.yaml',
    /nginx:2/,
    [
      `GET ${DEPLOYMENT}`,
      INDEX,
      `PATCH ${DEPLOYMENT}?dryRun=All&fieldManager=kubectl-client-side-apply ${SMP}`,
    ],
  ],
  ['apply -f dep2.yaml', /d1 configured/],
  ['apply --server-side -f dep2.yaml --force-conflicts', /d1 serverside-applied/],
  ['apply view-last-applied deployment/d1', /nginx:2/],
  [
    'edit deployment/d1',
    /d1 edited/,
    [
      `GET ${DEPLOYMENT}`,
      INDEX,
      `PATCH ${DEPLOYMENT}?fieldManager=kubectl-edit&fieldValidation=Strict ${SMP}`,
    ],
  ],
  ['get deployment d1 -o jsonpath={.metadata.labels.more}', /^after$/],
  ['label pods -l app=p1 x=z --overwrite', /p1 labeled/],
  ['get deployment d1 --subresource=scale', /NAME\s+DESIRED\s+AVAILABLE\s+AGE\s+d1\s+2/],
  ['autoscale deployment d1 --min=1 --max=5 --cpu-percent=80', /d1 autoscaled/],
  ['get hpa', /d1\s+Deployment\/d1\s+cpu: .*80%\s+1\s+5/],
  ['set image deployment/d1 c=nginx:3', /image updated/],
  [
    'set env deployment/d1 A=b',
    /env updated/,
    [`GET ${DEPLOYMENT}`, `PATCH ${DEPLOYMENT}?fieldManager=kubectl-set ${SMP}`],
  ],
  ['set resources deployment/d1 --limits=cpu=1', /resource requirements updated/],
  ['rollout status deployment/d1 --timeout=30s', /successfully rolled out/],
  [
    'rollout history deployment/d1',
    /REVISION/,
    [
      `GET ${DEPLOYMENT}`,
      `GET ${DEPLOYMENT}`,
      'GET /apis/apps/v1/namespaces/default/replicasets?labelSelector=app=d1',
    ],
  ],
  ['rollout undo deployment/d1', /rolled back/],
  ['rollout pause deployment/d1', /paused/],
  ['rollout resume deployment/d1', /resumed/],
  ['rollout status deployment/d1 --timeout=30s', /successfully rolled out/],
  ['apply -f sts.yaml', /s1 created/],
  ['rollout status statefulset/s1 --timeout=30s', /complete|rolled out/],
  ['set image statefulset/s1 c=nginx:2', /image updated/],
  ['rollout status statefulset/s1 --timeout=30s', /complete|rolled out/],
  ['rollout history statefulset/s1', /^1 [\s\S]*^2 /m],
  ['rollout undo statefulset/s1', /rolled back/],
  ['get statefulset s1 -o jsonpath={.spec.template.spec.containers[0].image}', /^nginx:1$/],
  ['wait --for=condition=Ready pod/p1 --timeout=30s', /condition met/],
  ['auth reconcile -f rbac.yaml', /reconciled/],
  ['get pods', /p1\s+1\/1\s+Running/],
  ['get pods -o wide --show-labels', /NOMINATED NODE.*LABELS[\s\S]*app=p1/],
  ['get pods -o json --chunk-size=1', /"kind": "List"/],
  ['get pods --sort-by=.metadata.name', /NAME/],
  ['get pods --field-selector=metadata.name=p1 -o name', /^pod\/p1$/m],
  ['get pods -o custom-columns=N:.metadata.name', /^p1$/m],
  ['get pod p1 -o yaml', /^kind: Pod$/m],
  ['get all', /deployment\.apps\/d1[\s\S]*horizontalpodautoscaler\.autoscaling\/d1/],
  ['get pods -A', /NAMESPACE/, ['GET /api/v1/pods?limit=500']],
  [
    'describe pod p1',
    /Events:[\s\S]*Scheduled[\s\S]*Started/,
    [
      POD,
      POD,
      'GET /api/v1/namespaces/default/events?fieldSelector=involvedObject.name=p1,involvedObject.namespace=default,involvedObject.uid=<uid>&limit=500',
    ],
  ],
  ['describe deployment d1', /NewReplicaSet:[\s\S]*ScalingReplicaSet/],
  ['describe hpa d1', /Reference:\s+Deployment\/d1/],
  ['describe quota q', /pods\s+\d+\s+20/],
  ['describe node sallyport-node', /Capacity:/],
  ['get events', /Normal\s+Scheduled\s+pod\/p1/],
  ['events --for pod/p1', /Normal\s+Scheduled/],
  ['logs p1', /./, [POD, `${POD}/log?container=c`]],
  ['logs deployment/d1 --tail=1 --timestamps', /^\d{4}-/m],
  [
    'exec p1 -- echo hello',
    /^hello$/m,
    [POD, `${POD}/exec?command=echo&command=hello&container=c&stderr=true&stdout=true`],
  ],
  ['cp pod.yaml p1:/tmp/pod.yaml', /^$/],
  ['exec p1 -- cat /tmp/pod.yaml', /kind: Pod/],
  [
    'debug p1 --image=busybox -c dbg -- true',
    /./,
    [
      POD,
      'PATCH /api/v1/namespaces/default/pods/p1/ephemeralcontainers application/strategic-merge-patch+json',
    ],
  ],
  ['get pod p1 -o jsonpath={.spec.ephemeralContainers[0].name}', /^dbg$/],
];

export const atTheEnd: readonly Row[] = [
  ['delete deployment d1 --wait --timeout=30s', /deleted/],
  ['delete configmap c --dry-run=server', /server dry run/],
  ['delete configmap c applied unknown', /deleted/],
  ['delete configmap absent --ignore-not-found', /^$/],
  ['delete jobs --all', /deleted/],
];

/** What concerns a node that others use too. */
export const ofNodes: readonly Row[] = [
  ['taint node sallyport-node k=v:NoSchedule', /tainted/],
  ['taint node sallyport-node k-', /untainted/],
  [
    'drain sallyport-node --force --ignore-daemonsets --delete-emptydir-data --pod-selector=app=p1',
    /drained/,
  ],
  ['uncordon sallyport-node', /uncordoned/],
];
