import type { KubeObject, OwnKind, ResourceType } from '../resources/index.ts';

type Read = (object: KubeObject) => string;

/** What a kind can be selected by besides its name and namespace, and how it refuses everything else. */
interface Selectable {
  readonly fields: Readonly<Record<string, Read>>;
  unsupported(field: string): string;
}

/** Of an ObjectReference. */
const REFERENCE_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const plainUnsupported = (field: string) => `field label not supported: ${field}`;

/** Source: Kubernetes pkg/apis/<group>/v1/conversion.go AddFieldLabelConversionFunc and the strategies' SelectableFields. */
const selectable: Readonly<Record<string, Selectable>> = {
  '/pods': {
    fields: {
      'spec.nodeName': at('spec', 'nodeName'),
      'spec.restartPolicy': at('spec', 'restartPolicy'),
      'spec.schedulerName': at('spec', 'schedulerName'),
      'spec.serviceAccountName': at('spec', 'serviceAccountName'),
      'spec.hostNetwork': orElse('false', at('spec', 'hostNetwork')),
      'status.phase': at('status', 'phase'),
      'status.podIP': at('status', 'podIP'),
      'status.nominatedNodeName': at('status', 'nominatedNodeName'),
    },
    unsupported: plainUnsupported,
  },
  '/events': {
    fields: {
      ...under('involvedObject', REFERENCE_FIELDS),
      reason: at('reason'),
      reportingComponent: at('reportingComponent'),
      source: (object) => at('source', 'component')(object) || at('reportingComponent')(object),
      type: at('type'),
    },
    unsupported: plainUnsupported,
  },
  'events.k8s.io/events': {
    fields: {
      ...under('regarding', REFERENCE_FIELDS),
      reason: at('reason'),
      reportingController: at('reportingController'),
      type: at('type'),
    },
    unsupported: plainUnsupported,
  },
  '/secrets': { fields: { type: at('type') }, unsupported: plainUnsupported },
  '/namespaces': { fields: { 'status.phase': at('status', 'phase') }, unsupported: plainUnsupported },
  '/nodes': {
    fields: { 'spec.unschedulable': orElse('false', at('spec', 'unschedulable')) },
    unsupported: plainUnsupported,
  },
  '/services': {
    fields: { 'spec.clusterIP': at('spec', 'clusterIP'), 'spec.type': at('spec', 'type') },
    unsupported: plainUnsupported,
  },
  '/replicationcontrollers': {
    fields: { 'status.replicas': orElse('0', at('status', 'replicas')) },
    unsupported: plainUnsupported,
  },
  'apps/replicasets': {
    fields: { 'status.replicas': orElse('0', at('status', 'replicas')) },
    unsupported: plainUnsupported,
  },
  'batch/jobs': {
    fields: { 'status.successful': orElse('0', at('status', 'succeeded')) },
    unsupported: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  },
};

const everyKind: Readonly<Record<string, Read>> = {
  'metadata.name': (object) => object.metadata.name ?? '',
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
};

const plain: Selectable = {
  fields: {},
  unsupported: (field) =>
    `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
};

/** How to read a selectable field of the type, or the refusal's text. */
export function selectableField(type: ResourceType, field: string): Read | { readonly refusal: string } {
  const { fields, unsupported } =
    type.own === undefined
      ? (selectable[`${type.group}/${type.resource}`] ?? plain)
      : ownSelectable(type.own);
  const known = { ...everyKind, ...fields };
  const read = Object.hasOwn(known, field) ? known[field] : undefined;
  return read ?? { refusal: unsupported(field) };
}

/** As of a custom resource. Source: apiextensions-apiserver/pkg/apiserver/conversion.go convertFieldLabel. */
function ownSelectable({ selectableFields }: OwnKind): Selectable {
  return {
    fields: Object.fromEntries(selectableFields.map((field) => [field, at(...field.split('.'))])),
    unsupported: plainUnsupported,
  };
}

function at(...path: readonly string[]): Read {
  return (object) => {
    let value: unknown = object;
    for (const member of path) {
      value =
        typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[member] : undefined;
    }
    return value === undefined || value === null ? '' : String(value);
  };
}

function orElse(fallback: string, read: Read): Read {
  return (object) => read(object) || fallback;
}

function under(parent: string, members: readonly string[]): Record<string, Read> {
  return Object.fromEntries(members.map((member) => [`${parent}.${member}`, at(parent, member)]));
}
