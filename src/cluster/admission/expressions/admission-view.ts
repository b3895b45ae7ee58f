import {
  type AskAuthorizer,
  authorizerValue,
  declareType,
  valueOfJson,
  valueOfText,
} from '../../../cel/index.ts';
import { resourceAttributes } from '../../../kube/index.ts';
import type { KubeObject, ResourceType } from '../../resources/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../../schema/index.ts';
import { type AdmissionAttributes, kindOf } from '../attributes.ts';

type Json = Record<string, unknown>;

/** A write as expressions see it. Made once for all expressions over it. */
export interface AdmissionView {
  /** Of the variables in admissionVariables' order. */
  values(params: unknown, variables: unknown): readonly unknown[];
}

/**
 * @param matched the kind in the version that the rule is about
 * @param objects of the request, in that version
 * @param namespace undefined for what is in none
 */
export function admissionView(
  attributes: AdmissionAttributes,
  matched: ResourceType,
  objects: Pick<AdmissionAttributes, 'object' | 'oldObject'>,
  namespace: KubeObject | undefined,
): AdmissionView {
  const own = [
    valueOfJson(objects.object ?? null),
    valueOfJson(objects.oldObject ?? null),
    valueOfJson(requestOf(attributes, matched)),
    namespace === undefined ? null : namespaceValue(namespace),
    authorizerOf(attributes),
  ];
  return { values: (params, variables) => [...own, params, variables] };
}

/** What a request is told to be, objects and uid aside: of reviews, too. Members are in Go's order. */
export function requestOf(attributes: AdmissionAttributes, matched: ResourceType): Json {
  const { type, subresource, name, namespace, operation, requester, dryRun } = attributes;
  const { username, uid = '', groups, extra = {} } = requester.user;
  const sub = (field: string) => (subresource === '' ? {} : { [field]: subresource });
  return {
    kind: kindOf(matched, subresource),
    resource: resourceOf(matched),
    ...sub('subResource'),
    requestKind: kindOf(type, subresource),
    requestResource: resourceOf(type),
    ...sub('requestSubResource'),
    ...(name !== '' && { name }),
    ...(namespace !== '' && { namespace }),
    operation,
    userInfo: {
      ...(username !== '' && { username }),
      ...(uid !== '' && { uid }),
      ...(groups.length > 0 && { groups }),
      ...(Object.keys(extra).length > 0 && { extra }),
    },
    dryRun,
    options: requester.options,
  };
}

function resourceOf({ group, version, resource }: ResourceType): Json {
  return { group, version, resource };
}

/** A Namespace without what expressions do not see of it. Source: condition.go CreateNamespaceObject. */
function namespaceValue({ metadata, spec, status }: KubeObject): unknown {
  const { managedFields: _, ownerReferences: __, uid, ...meta } = metadata;
  const conditions = asJsonArray(asJsonObject(status)['conditions']).map(asJsonObject);
  return valueOfTimes({
    metadata: { ...(asJsonObject(valueOfJson(meta)) as Json), UID: uid },
    spec: asJsonObject(spec),
    status: { ...asJsonObject(status), ...(conditions.length > 0 && { conditions }) },
  });
}

const times = new Set(['creationTimestamp', 'deletionTimestamp', 'lastTransitionTime']);

function valueOfTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(valueOfTimes);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      times.has(name) && typeof member === 'string'
        ? valueOfText(declareType.timestamp, member)
        : valueOfTimes(member),
    ]),
  );
}

function authorizerOf({ requester, type, subresource, namespace, name }: AdmissionAttributes): unknown {
  const ask: AskAuthorizer = ({ verb, path, serviceAccount, group, ...asked }) => {
    const user = serviceAccount === undefined ? requester.user : accountUser(serviceAccount);
    const { decision, reason } = requester.authorize(
      path === ''
        ? resourceAttributes({ user, verb, apiGroup: group, ...asked })
        : {
            ...resourceAttributes({ user, verb, apiGroup: '', resource: '' }),
            isResourceRequest: false,
            path,
          },
    );
    return { allowed: decision === 'allow', reason };
  };
  const { group, resource } = type;
  return authorizerValue(ask, { group, resource, subresource, namespace, name });
}

function accountUser({ namespace, name }: { readonly namespace: string; readonly name: string }) {
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}
