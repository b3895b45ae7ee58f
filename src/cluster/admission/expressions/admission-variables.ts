import { type CelType, declareType } from '../../../cel/index.ts';

type Members = Readonly<Record<string, CelType>>;
export type Variables = readonly (readonly [name: string, type: CelType])[];

const { string, bool, int, timestamp, dynamic, list, map } = declareType;

function object(name: string, members: Members): CelType {
  return declareType.object(new Map(Object.entries(members)), `kubernetes.${name}`);
}

const groupVersionKind = object('GroupVersionKind', { group: string, version: string, kind: string });
const groupVersionResource = object('GroupVersionResource', {
  group: string,
  version: string,
  resource: string,
});

const requestType = object('AdmissionRequest', {
  kind: groupVersionKind,
  resource: groupVersionResource,
  subResource: string,
  requestKind: groupVersionKind,
  requestResource: groupVersionResource,
  requestSubResource: string,
  name: string,
  namespace: string,
  operation: string,
  userInfo: object('UserInfo', {
    username: string,
    uid: string,
    groups: list(string),
    extra: map(list(string)),
  }),
  dryRun: bool,
  options: dynamic,
});

const namespaceType = object('Namespace', {
  metadata: object('NamespaceMetadata', {
    name: string,
    generateName: string,
    namespace: string,
    labels: map(string),
    annotations: map(string),
    UID: string,
    creationTimestamp: timestamp,
    deletionGracePeriodSeconds: int,
    deletionTimestamp: timestamp,
    generation: int,
    resourceVersion: string,
    finalizers: list(string),
  }),
  spec: object('NamespaceSpec', { finalizers: list(string) }),
  status: object('NamespaceStatus', {
    conditions: list(
      object('NamespaceCondition', {
        status: string,
        type: string,
        lastTransitionTime: timestamp,
        message: string,
        reason: string,
      }),
    ),
    phase: string,
  }),
});

const authorizerType = declareType.authorizer(new Map([['requestResource', declareType.resourceCheck]]));

/** Of policies' `variables`, by what each is. */
export function variablesType(members: ReadonlyMap<string, CelType>): CelType {
  return declareType.object(members, 'kubernetes.variables');
}

/** Of what is known before there are objects. Absent: it is looked at when it is there. */
export interface KnownTypes {
  readonly object?: CelType | undefined;
  readonly params?: CelType | undefined;
}

/**
 * What expressions of admission are over, in the order of AdmissionView's values.
 * Source: apiserver/pkg/admission/plugin/cel/compile.go.
 * @param has which of those there are that not all expressions have; without one its value is not seen
 */
export function admissionVariables(has: {
  readonly params: boolean;
  readonly authorizer: boolean;
  readonly variables?: ReadonlyMap<string, CelType>;
  readonly types?: KnownTypes;
}): Variables {
  const { object: objects = dynamic, params = dynamic } = has.types ?? {};
  const hidden = (isThere: boolean, name: string) => (isThere ? name : `no ${name}`);
  return [
    ['object', objects],
    ['oldObject', objects],
    ['request', requestType],
    ['namespaceObject', namespaceType],
    [hidden(has.authorizer, 'authorizer'), authorizerType],
    [hidden(has.params, 'params'), params],
    [hidden(has.variables !== undefined, 'variables'), variablesType(has.variables ?? new Map())],
  ];
}
