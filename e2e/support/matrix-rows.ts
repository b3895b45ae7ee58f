import type { KubectlVersion } from './tools.ts';

/**
 * A command line without `kubectl`, what it must print, and what it must ask, discovery aside; with `!` in front, it must
 * fail. Rows without the last are asked for in client-requests.test.ts, as clients were recorded, or follow from another row.
 */
export type Row = readonly [command: string, said: RegExp, asked?: Asked];

/** By version where one kubectl asks otherwise than the other. */
export type Asked = readonly string[] | Readonly<Record<KubectlVersion, readonly string[]>>;

/** Before what is written: the index of OpenAPI documents; those themselves are kept. */
const INDEX = 'GET /openapi/v3?timeout=32s';
const POD = 'GET /api/v1/namespaces/default/pods/p1';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const DEPLOYMENT = `${DEPLOYMENTS}/d1`;
/** Asked in it, and for it if it may be. */
const PROTOBUF = 'application/vnd.kubernetes.protobuf as protobuf → 201';
const PODS = 'GET /api/v1/namespaces/default/pods';
const SMP = 'application/strategic-merge-patch+json';

export const reading: readonly Row[] = [
  ['version', /Server Version: v1\.35/, ['GET /version?timeout=32s']],
  [
    'api-resources',
    /networkpolicies\s+netpol\s+networking\.k8s\.io\/v1\s+true\s+NetworkPolicy/,
    ['GET /api?timeout=32s as APIGroupDiscoveryList', 'GET /apis?timeout=32s as APIGroupDiscoveryList'],
  ],
  ['api-resources --namespaced=false -o name', /^storageclasses\.storage\.k8s\.io$/m],
  ['api-versions', /^autoscaling\/v1\nautoscaling\/v2$/m],
  ['cluster-info', /control plane/],
  ['explain pod.spec.containers --recursive=false', /FIELDS:[\s\S]*image\s+<string>/],
  ['explain networkpolicy.spec', /podSelector/],
  ['explain deployment.spec --output=plaintext-openapiv2', /strategy\s+<Object>/],
  [
    'auth can-i create deployments',
    /^yes/,
    ['GET /apis/apps/v1', `POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews ${PROTOBUF}`],
  ],
  [
    'auth can-i --list',
    /Resources/,
    [`POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews ${PROTOBUF}`],
  ],
  ['auth whoami', /Username\s+root/, [`POST /apis/authentication.k8s.io/v1/selfsubjectreviews ${PROTOBUF}`]],
  ['get namespaces', /kube-system\s+Active/],
  ['get nodes -o wide', /sallyport-node\s+Ready/],
  ['get --raw /healthz', /^ok/],
];

export const writing: readonly Row[] = [
  [
    'create secret generic s --from-literal=a=b',
    /secret\/s created/,
    [
      `POST /api/v1/namespaces/default/secrets?fieldManager=kubectl-create&fieldValidation=Strict ${PROTOBUF}`,
    ],
  ],
  ['create configmap c --from-literal=a=b', /configmap\/c created/],
  ['create serviceaccount sa', /serviceaccount\/sa created/],
  ['create quota q --hard=pods=20', /resourcequota\/q created/],
  ['create poddisruptionbudget pdb --selector=app=none --min-available=1', /pdb created/],
  ['create ingress i --rule=a.example/*=svc:80', /ingress\.networking\.k8s\.io\/i created/],
  ['create service clusterip svc --tcp=80:80', /service\/svc created/],
  ['create job j --image=busybox -- true', /job\.batch\/j created/],
  ['create cronjob cj --image=busybox --schedule=@yearly -- true', /cronjob\.batch\/cj created/],
  [
    'create token sa',
    /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/m,
    [`POST /api/v1/namespaces/default/serviceaccounts/sa/token ${PROTOBUF}`],
  ],
  [
    'create -f cm.yaml',
    /configmap\/applied created/,
    [
      INDEX,
      'POST /api/v1/namespaces/default/configmaps?fieldManager=kubectl-create&fieldValidation=Strict application/json → 201',
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
  // Until then its status is written, and kubectl, which sends a resourceVersion, would ask again after each conflict.
  ['rollout status deployment/d1 --timeout=30s', /successfully rolled out/],
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
  [
    'rollout status deployment/d1 --timeout=30s',
    /successfully rolled out/,
    watching(DEPLOYMENTS, 'd1', [`GET ${DEPLOYMENT}`]),
  ],
  [
    'rollout history deployment/d1',
    /REVISION/,
    [
      `GET ${DEPLOYMENT}`,
      `GET ${DEPLOYMENT} as protobuf`,
      'GET /apis/apps/v1/namespaces/default/replicasets?labelSelector=app=d1 as protobuf',
    ],
  ],
  [
    'rollout undo deployment/d1',
    /rolled back/,
    [
      `GET ${DEPLOYMENT}`,
      `GET ${DEPLOYMENT} as protobuf`,
      'GET /apis/apps/v1/namespaces/default/replicasets?labelSelector=app=d1 as protobuf',
      `PATCH ${DEPLOYMENT} application/json-patch+json as protobuf`,
    ],
  ],
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
  [
    'wait --for=condition=Ready pod/p1 --timeout=30s',
    /condition met/,
    watching('/api/v1/namespaces/default/pods', 'p1', [POD]),
  ],
  ['get pods', /p1\s+1\/1\s+Running/, [`${PODS}?limit=500 as Table`]],
  ['get pod p1', /p1\s+1\/1\s+Running/, [`${POD} as Table`]],
  ['get pods -o wide --show-labels', /NOMINATED NODE.*LABELS[\s\S]*app=p1/, [`${PODS}?limit=500 as Table`]],
  ['get pods -o json --chunk-size=1', /"kind": "List"/],
  ['get pods --sort-by=.metadata.name', /NAME/, [`${PODS}?includeObject=Object as Table`]],
  ['get pods --field-selector=metadata.name=p1 -o name', /^pod\/p1$/m],
  ['get pods -o custom-columns=N:.metadata.name', /^p1$/m, [`${PODS}?limit=500`]],
  ['get pods -o name', /^pod\/p1$/m, [`${PODS}?limit=500`]],
  ['get pod p1 -o yaml', /^kind: Pod$/m, [POD]],
  [
    'get all',
    /deployment\.apps\/d1[\s\S]*horizontalpodautoscaler\.autoscaling\/d1/,
    [
      '/api/v1/namespaces/default/pods',
      '/api/v1/namespaces/default/replicationcontrollers',
      '/api/v1/namespaces/default/services',
      '/apis/apps/v1/namespaces/default/daemonsets',
      '/apis/apps/v1/namespaces/default/deployments',
      '/apis/apps/v1/namespaces/default/replicasets',
      '/apis/apps/v1/namespaces/default/statefulsets',
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      '/apis/batch/v1/namespaces/default/cronjobs',
      '/apis/batch/v1/namespaces/default/jobs',
    ].map((path) => `GET ${path}?limit=500 as Table`),
  ],
  ['get pods -A', /NAMESPACE/, ['GET /api/v1/pods?limit=500 as Table']],
  [
    'describe pod p1',
    /Events:[\s\S]*Scheduled[\s\S]*Started/,
    [
      POD,
      `${POD} as protobuf`,
      'GET /api/v1/namespaces/default/events?fieldSelector=involvedObject.name=p1,involvedObject.namespace=default,involvedObject.uid=<uid>&limit=500 as protobuf',
    ],
  ],
  [
    'describe deployment d1',
    /NewReplicaSet:[\s\S]*ScalingReplicaSet/,
    [
      `GET ${DEPLOYMENT}`,
      `GET ${DEPLOYMENT} as protobuf`,
      'GET /api/v1/namespaces/default/events?fieldSelector=involvedObject.kind=Deployment,involvedObject.name=d1,involvedObject.namespace=default,involvedObject.uid=<uid>&limit=500 as protobuf',
      'GET /apis/apps/v1/namespaces/default/replicasets?labelSelector=app=d1&limit=500 as protobuf',
    ],
  ],
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
    [
      POD,
      `${POD}/exec?command=echo&command=hello&container=c&stderr=true&stdout=true over v5.channel.k8s.io → 101`,
    ],
  ],
  [
    'debug p1 --image=busybox -c dbg -- true',
    /./,
    [
      POD,
      'PATCH /api/v1/namespaces/default/pods/p1/ephemeralcontainers application/strategic-merge-patch+json as protobuf',
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

/** Until something becomes of an object: kubectl 1.35 has the watch begin with what is there, 1.32 lists first. */
export function watching(path: string, name: string, before: readonly string[]): Asked {
  const watch = `GET ${path}?allowWatchBookmarks=true&fieldSelector=metadata.name=${name}`;
  const rest = 'timeoutSeconds=<timeoutSeconds>&watch=true';
  return {
    '1.32': [
      ...before,
      `GET ${path}?fieldSelector=metadata.name=${name}&limit=500&resourceVersion=0`,
      `${watch}&resourceVersion=<resourceVersion>&${rest}`,
    ],
    '1.35': [...before, `${watch}&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&${rest}`],
  };
}
