import { internalError } from '../../kube/index.ts';
import type { KubeObject, ResourceType, ScalePaths } from '../resources/index.ts';
import { asJsonArray, asJsonObject, isJsonObject } from '../schema/index.ts';

/** What /scale shows of an object. */
export interface ScaleFields {
  readonly replicas: unknown;
  readonly statusReplicas: unknown;
  /** As metav1.FormatLabelSelector prints it; '' for none. */
  readonly selector: string;
}

/** Throws StatusError 500 for an object that does not say how many it wants. */
export function readScale(type: ResourceType, object: KubeObject): ScaleFields {
  const scale = type.custom?.scale;
  if (scale !== undefined) return readByPaths(scale, object);
  const spec = asJsonObject(object['spec']);
  return {
    replicas: spec['replicas'],
    statusReplicas: asJsonObject(object['status'])['replicas'],
    selector: selectorText(spec['selector']),
  };
}

/** The object with other replicas. */
export function writeReplicas(type: ResourceType, object: KubeObject, replicas: number): KubeObject {
  const path = type.custom?.scale?.specReplicas ?? ['spec', 'replicas'];
  return { ...object, ...asJsonObject(withMember(object, path, replicas)) };
}

function readByPaths(scale: ScalePaths, object: KubeObject): ScaleFields {
  const replicas = memberAt(object, scale.specReplicas);
  if (replicas === undefined) {
    throw internalError(`the spec replicas field ".${scale.specReplicas.join('.')}" does not exist`);
  }
  const selector = scale.labelSelector === undefined ? '' : memberAt(object, scale.labelSelector);
  return {
    replicas,
    statusReplicas: memberAt(object, scale.statusReplicas),
    selector: typeof selector === 'string' ? selector : '',
  };
}

function memberAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined),
    value,
  );
}

function withMember(value: unknown, [name = '', ...rest]: readonly string[], leaf: unknown): unknown {
  const object = asJsonObject(value);
  const member = rest.length === 0 ? leaf : withMember(memberAt(object, [name]), rest, leaf);
  return Object.fromEntries([...Object.entries(object), [name, member]]);
}

/** A replication controller's selector is a plain map. */
function selectorText(selector: unknown): string {
  const { matchLabels, matchExpressions } = asJsonObject(selector);
  const isPlainMap = matchLabels === undefined && matchExpressions === undefined;
  const labels = Object.entries(asJsonObject(isPlainMap ? selector : matchLabels));
  const equal = labels.map(([key, value]) => [key, `${key}=${String(value)}`] as const);
  const expressions = asJsonArray(matchExpressions).map((each) => expressionText(asJsonObject(each)));
  return [...equal, ...expressions]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, text]) => text)
    .join(',');
}

function expressionText({ key, operator, values }: Record<string, unknown>): readonly [string, string] {
  const name = String(key);
  const list = `(${asJsonArray(values).map(String).sort().join(',')})`;
  const texts: Readonly<Record<string, string>> = {
    In: `${name} in ${list}`,
    NotIn: `${name} notin ${list}`,
    Exists: name,
    DoesNotExist: `!${name}`,
  };
  return [name, texts[String(operator)] ?? name];
}
