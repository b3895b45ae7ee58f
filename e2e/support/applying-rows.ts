import { type Row, watching } from './matrix-rows.ts';

const INDEX = 'GET /openapi/v3?timeout=32s';
const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const WIDGETS = '/apis/example.com/v1/namespaces/default/widgets';
const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles';
/** Asked after a 404, but not in the namespace `default`, of which kubectl takes for granted that it is there. */
const NAMESPACE = 'GET /api/v1/namespaces/default';
const APPLY = 'application/apply-patch+yaml';
const PROTOBUF = 'application/vnd.kubernetes.protobuf as protobuf';

/** What kubectl merges in the server, what it merges itself of kinds that it does not know, and other changes. */
export const applying: readonly Row[] = [
  [
    'apply --server-side -f server-side.yaml',
    /serverside-applied/,
    [INDEX, `PATCH ${CONFIG_MAPS}/server-side?${byServer('kubectl')}&force=false ${APPLY} → 201`],
  ],
  [
    'apply --server-side -f server-side.yaml',
    /serverside-applied/,
    [INDEX, `PATCH ${CONFIG_MAPS}/server-side?${byServer('kubectl')}&force=false ${APPLY}`],
  ],
  // Without the index, which tells kubectl only how it could merge by itself.
  [
    '!diff --server-side -f server-side2.yaml',
    /a: c/,
    [
      `GET ${CONFIG_MAPS}/server-side`,
      `PATCH ${CONFIG_MAPS}/server-side?dryRun=All&fieldManager=kubectl&force=false ${APPLY}`,
    ],
  ],
  [
    '!apply --server-side --field-manager=other -f server-side2.yaml',
    /conflict with "kubectl"/,
    [INDEX, `PATCH ${CONFIG_MAPS}/server-side?${byServer('other')}&force=false ${APPLY} → 409`],
  ],
  [
    'apply --server-side --field-manager=other --force-conflicts -f server-side2.yaml',
    /serverside-applied/,
    [INDEX, `PATCH ${CONFIG_MAPS}/server-side?${byServer('other')}&force=true ${APPLY}`],
  ],
  ['apply -f migrated.yaml', /migrated created/],
  // What it has applied itself becomes the server's: the annotation to a manager of its own, then the fields.
  [
    'apply --server-side -f migrated.yaml',
    /serverside-applied/,
    [
      INDEX,
      `PATCH ${CONFIG_MAPS}/migrated?${byServer('kubectl')}&force=false ${APPLY}`,
      `PATCH ${CONFIG_MAPS}/migrated?${byServer('kubectl-last-applied')} ${APPLY}`,
      `PATCH ${CONFIG_MAPS}/migrated?${byServer('kubectl')} application/json-patch+json`,
      `PATCH ${CONFIG_MAPS}/migrated?${byServer('kubectl')}&force=false ${APPLY}`,
    ],
  ],
  [
    'apply -f widget.yaml',
    /w created/,
    [
      INDEX,
      `GET ${WIDGETS}/w → 404`,
      NAMESPACE,
      `POST ${WIDGETS}?${byServer('kubectl-client-side-apply')} application/json → 201`,
    ],
  ],
  [
    'apply -f widget2.yaml',
    /w configured/,
    [
      INDEX,
      `GET ${WIDGETS}/w`,
      'GET /openapi/v2?timeout=32s as protobuf',
      `PATCH ${WIDGETS}/w?${byServer('kubectl-client-side-apply')} application/merge-patch+json`,
    ],
  ],
  [
    'auth reconcile -f rbac.yaml',
    /reconciled/,
    [
      `GET ${ROLES}/reconciled as protobuf → 404`,
      'GET /api/v1/namespaces/default as protobuf',
      `POST ${ROLES} ${PROTOBUF} → 201`,
    ],
  ],
  [
    'auth reconcile -f rbac2.yaml',
    /reconciled/,
    [`GET ${ROLES}/reconciled as protobuf`, `PUT ${ROLES}/reconciled ${PROTOBUF}`],
  ],
  ['create -f held.yaml', /held created/],
  [
    '!delete configmap held --timeout=2s',
    /timed out/,
    watching(CONFIG_MAPS, 'held', [`DELETE ${CONFIG_MAPS}/held application/json`, `GET ${CONFIG_MAPS}/held`]),
  ],
];

function byServer(manager: string): string {
  return `fieldManager=${manager}&fieldValidation=Strict`;
}
