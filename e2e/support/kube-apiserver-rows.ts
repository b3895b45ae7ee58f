import type { SameRequest } from './ask-both.ts';

const CONFIG_MAPS = '/api/v1/namespaces/<namespace>/configmaps';
const CONFIG_MAP = `${CONFIG_MAPS}/a`;
const DEPLOYMENTS = '/apis/apps/v1/namespaces/<namespace>/deployments';
const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'b' } };
const labels = { app: 'web' };
const deployment = {
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
};
const merge = { 'content-type': 'application/merge-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };

/** Each builds on those before. What is there at the end is gone. */
export const sameRequests: readonly SameRequest[] = [
  ...[
    '/version',
    '/healthz',
    '/readyz/ping',
    '/livez/absent',
    '/',
    '/api',
    '/apis',
    '/api/v1',
    '/apis/apps',
  ].map((path) => ({ path })),
  ...['/apis/absent/v1', '/apis/absent/v1/things', '/api/v1/absent', '/absent', '/openapi/v3'].map(
    (path) => ({
      path,
    }),
  ),
  {
    path: '/apis',
    headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
  },
  { path: '/api/v1', headers: { accept: 'application/xml' } },
  { method: 'POST', path: CONFIG_MAPS, body: configMap },
  { method: 'POST', path: CONFIG_MAPS, body: configMap },
  { method: 'POST', path: `${CONFIG_MAPS}/a`, body: configMap },
  { method: 'POST', path: CONFIG_MAPS, body: '{' },
  { method: 'POST', path: CONFIG_MAPS, body: { ...configMap, data: { a: 1 } } },
  { method: 'POST', path: CONFIG_MAPS, body: { metadata: { name: 'Not_A_Name' } } },
  { method: 'POST', path: `${CONFIG_MAPS}?fieldValidation=Strict`, body: { ...configMap, spec: 1 } },
  { method: 'POST', path: `${CONFIG_MAPS}?dryRun=All`, body: { metadata: { name: 'b' }, spec: 1 } },
  { method: 'POST', path: CONFIG_MAPS, body: 'a=b', headers: { 'content-type': 'text/plain' } },
  { method: 'POST', path: '/api/v1/namespaces/absent/configmaps', body: configMap },
  { path: CONFIG_MAP },
  { path: CONFIG_MAP, headers: table },
  { path: CONFIG_MAP, headers: { accept: 'application/yaml' } },
  { path: `${CONFIG_MAPS}/absent` },
  { path: CONFIG_MAPS, headers: table },
  { path: `${CONFIG_MAPS}?limit=x` },
  { path: `${CONFIG_MAPS}?labelSelector=((` },
  { path: `${CONFIG_MAPS}?fieldSelector=absent%3Da` },
  { path: `${CONFIG_MAPS}?continue=absent` },
  { path: `${CONFIG_MAPS}?resourceVersion=x` },
  { path: `${CONFIG_MAPS}?watch=true&resourceVersion=0&timeoutSeconds=1&fieldSelector=metadata.name%3Da` },
  { path: `${CONFIG_MAPS}?watch=true&resourceVersion=x` },
  { method: 'PATCH', path: `${CONFIG_MAP}?fieldManager=one`, body: { data: { a: 'c' } }, headers: merge },
  { method: 'PATCH', path: CONFIG_MAP, body: '[', headers: merge },
  { method: 'PATCH', path: CONFIG_MAP, body: {}, headers: { 'content-type': 'application/json' } },
  { method: 'PATCH', path: `${CONFIG_MAP}?fieldManager=two`, body: configMap, headers: apply },
  { method: 'PATCH', path: `${CONFIG_MAP}?fieldManager=two&force=true`, body: configMap, headers: apply },
  { method: 'PATCH', path: CONFIG_MAP, body: configMap, headers: apply },
  { method: 'PUT', path: CONFIG_MAP, body: { ...configMap, metadata: { name: 'a', resourceVersion: '1' } } },
  { method: 'PUT', path: CONFIG_MAP, body: { ...configMap, immutable: true } },
  { method: 'PUT', path: CONFIG_MAP, body: { ...configMap, data: {} } },
  { method: 'POST', path: DEPLOYMENTS, body: deployment },
  { path: DEPLOYMENTS, headers: table },
  { path: `${DEPLOYMENTS}/web/scale` },
  { method: 'PATCH', path: `${DEPLOYMENTS}/web/scale`, body: { spec: { replicas: -1 } }, headers: merge },
  { method: 'PATCH', path: `${DEPLOYMENTS}/web/scale`, body: { spec: { replicas: 2 } }, headers: merge },
  { method: 'DELETE', path: `${DEPLOYMENTS}/web?propagationPolicy=absent` },
  { method: 'DELETE', path: `${DEPLOYMENTS}/web`, body: { preconditions: { uid: 'x' } } },
  { method: 'DELETE', path: `${DEPLOYMENTS}/web?propagationPolicy=Background` },
  { method: 'DELETE', path: CONFIG_MAPS },
  { path: CONFIG_MAPS },
  { method: 'DELETE', path: '/api/v1/namespaces/default' },
];

const reviewed = (kind: string) => `/apis/authorization.k8s.io/v1/${kind}`;

/** Of somebody who has no rights. */
export const refusedRequests: readonly SameRequest[] = [
  { path: '/metrics' },
  { path: '/logs' },
  { path: '/api/v1/namespaces' },
  { path: '/api/v1/namespaces/<namespace>' },
  { path: '/api/v1/nodes?watch=1' },
  { path: CONFIG_MAPS },
  { path: `${CONFIG_MAPS}/a` },
  { method: 'POST', path: CONFIG_MAPS, body: configMap },
  { method: 'PUT', path: `${CONFIG_MAPS}/a`, body: configMap },
  { method: 'PATCH', path: `${CONFIG_MAPS}/a`, body: {}, headers: merge },
  { method: 'DELETE', path: `${CONFIG_MAPS}/a` },
  { method: 'DELETE', path: CONFIG_MAPS },
  { path: '/api/v1/namespaces/<namespace>/pods/x/log' },
  { method: 'POST', path: '/api/v1/namespaces/<namespace>/pods/x/exec' },
  { path: `${DEPLOYMENTS}/web/scale` },
  { path: '/apis/absent.example/v1/things' },
  { path: CONFIG_MAPS, headers: { 'impersonate-user': 'boss' } },
  { path: CONFIG_MAPS, headers: { 'impersonate-user': 'system:serviceaccount:default:x' } },
  {
    method: 'POST',
    path: reviewed('subjectaccessreviews'),
    body: { spec: { user: 'x', nonResourceAttributes: { path: '/', verb: 'get' } } },
  },
];

/** A command of kubectl, and what it reads. Each builds on those before. */
export const sameCommands: readonly (readonly [command: string, input?: string])[] = [
  ['version'],
  ['api-resources'],
  ['api-versions'],
  ['auth whoami'],
  ['auth can-i --list'],
  ['auth can-i delete nodes'],
  ['explain networkpolicy.spec.ingress'],
  ['create configmap c --from-literal=a=b'],
  ['create configmap c --from-literal=a=b'],
  ['create deployment web --image=nginx --replicas=0'],
  ['get deployment web'],
  ['get deployments,configmaps'],
  ['get deployment absent'],
  ['get absent'],
  ['set image deployment/web nginx=nginx:2'],
  ['scale deployment web --replicas=1'],
  ['label deployment web a=b'],
  ['describe deployment web'],
  ['apply --server-side -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: s }\ndata: { a: b }\n'],
  [
    'apply --server-side --field-manager=other -f -',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: s }\ndata: { a: c }\n',
  ],
  ['apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: t }\ndata: { a: b }\n'],
  ['apply -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: t }\ndata: { a: c }\n'],
  ['diff -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: t }\ndata: { a: d }\n'],
  ['create -f -', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: u }\nspec: {}\n'],
  // A kind that is no built-in one.
  ['get widgets'],
  ['explain widget.spec'],
  ['apply -f -', widget('x')],
  ['apply -f -', widget(1)],
  ['apply -f -', widget(2)],
  ['apply --server-side --field-manager=other -f -', widget(3)],
  ['get widgets -o jsonpath={.items[*].spec.size}'],
  ['delete widget w'],
  ['get configmaps --as plain'],
  ['auth can-i list pods --as plain'],
  ['auth whoami --as jane --as-group developers --as-uid 7 --as-user-extra=scopes=a'],
  ['delete deployment web --wait=false'],
  ['delete configmaps --all'],
];

function widget(size: unknown): string {
  return `apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nspec: { size: ${size} }\n`;
}
