import { type KubeObject, type OpenapiSchema, timeSince } from '../../cluster/index.ts';
import { createdSubresource, kindType } from './kind-type.ts';
import { part, textOf } from './read.ts';

const text: OpenapiSchema = { type: 'string' };
const time: OpenapiSchema = { type: 'string', format: 'date-time' };

const role: OpenapiSchema = {
  description: 'The role that is asked for.',
  type: 'object',
  required: ['name'],
  properties: {
    kind: { type: 'string', description: 'Role, or ClusterRole. Default: ClusterRole.' },
    name: text,
  },
};

function saying(description: string): OpenapiSchema {
  return {
    description,
    type: 'object',
    properties: {
      by: text,
      impersonator: { type: 'string', description: "Who acted as 'by'." },
      time,
      message: text,
    },
  };
}

const columns = [
  { name: 'Name', description: '', cell: ({ metadata }: KubeObject) => metadata.name ?? '' },
  { name: 'Requester', description: '', cell: (request: KubeObject) => status(request, 'requester') },
  { name: 'Role', description: '', cell: roleText },
  {
    name: 'Duration',
    description: '',
    cell: (request: KubeObject) => textOf(part(request, 'spec'), 'duration'),
  },
  { name: 'Status', description: '', cell: (request: KubeObject) => status(request, 'phase') },
  {
    name: 'Expires',
    description: 'When the access ends.',
    cell: (request: KubeObject) => status(request, 'expirationTimestamp') || '<none>',
  },
  {
    name: 'Age',
    description: '',
    cell: ({ metadata }: KubeObject, now: number) => timeSince(metadata.creationTimestamp ?? '', now),
  },
  { name: 'Decided By', description: '', wide: true, cell: decidedBy },
  {
    name: 'Reason',
    description: '',
    wide: true,
    cell: (request: KubeObject) => textOf(part(request, 'spec'), 'reason'),
  },
] as const;

/** The two kinds of requests: for a namespace, and for the whole cluster. They differ in where their binding is. */
export function accessRequestType(scope: 'namespace' | 'cluster') {
  const isNamespaced = scope === 'namespace';
  return kindType({
    kind: isNamespaced ? 'AccessRequest' : 'ClusterAccessRequest',
    resource: isNamespaced ? 'accessrequests' : 'clusteraccessrequests',
    shortNames: [isNamespaced ? 'ar' : 'car'],
    ...(isNamespaced ? { namespaced: true } : {}),
    description:
      `Somebody asks for a role ${isNamespaced ? 'in this namespace' : 'in the whole cluster'} for a while. Who holds the verb 'approve' on it, may hand out the role, and is ` +
      'somebody else, decides. When it is approved, a binding appears; when its time is over, the binding goes. It is not changed, but decided or deleted.',
    verbs: ['create', 'delete', 'get', 'list', 'watch'],
    subresources: [createdSubresource('decision', 'AccessDecision')],
    spec: {
      role,
      duration: {
        type: 'string',
        description:
          'For how long, from the approval on: 2h, 1h30m. The configuration says how long is too long.',
      },
      reason: { type: 'string', description: 'Why, for whoever decides.' },
    },
    required: ['role', 'duration', 'reason'],
    status: {
      phase: {
        type: 'string',
        description: 'Pending, Approved (the binding is on its way), Active, Denied, Expired or Revoked.',
      },
      requester: { type: 'string', description: 'The user who asks, as the gateway knows them.' },
      impersonator: { type: 'string', description: 'Who acted as that user.' },
      pendingUntil: { ...time, description: 'Nobody can decide from then on.' },
      decision: saying('Who approved or denied it.'),
      expirationTimestamp: { ...time, description: 'When the access ends.' },
      revocation: saying('Who ended it before its time.'),
      endTimestamp: { ...time, description: 'When it came to its end.' },
    },
    selectableFields: ['status.phase', 'status.requester'],
    columns,
  });
}

export const decisionType = kindType({
  kind: 'AccessDecision',
  resource: 'accessrequests',
  description: 'Approves, denies or revokes a request. It is created on the request, and not kept.',
  verbs: [],
  spec: {
    decision: {
      type: 'string',
      description:
        'Approve or Deny: of a pending request of somebody else. Revoke: also of what is active; who has asked for it may do that, too.',
    },
    message: { type: 'string', description: 'Words for who asked.' },
  },
  required: ['decision'],
  status: {},
});

function status(request: KubeObject, field: string): string {
  return textOf(part(request, 'status'), field);
}

function roleText(request: KubeObject): string {
  const { role: wanted } = part(request, 'spec') as { role?: { kind?: string; name?: string } };
  return `${wanted?.kind ?? ''}/${wanted?.name ?? ''}`;
}

function decidedBy(request: KubeObject): string {
  const { decision } = part(request, 'status') as { decision?: { by?: string } };
  return decision?.by ?? '<none>';
}
