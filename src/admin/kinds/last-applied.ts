import type { KubeObject } from '../../cluster/index.ts';
import { LAST_APPLIED } from '../last-applied-annotation.ts';
import { part } from './read.ts';

/** What an object has that was read, and is applied as it is. */
const ofMetadata = new Set([
  ...['annotations', 'creationTimestamp', 'labels', 'name', 'resourceVersion', 'uid'],
]);

/** Characters: more than a manifest of these kinds has. */
const longest = 16 * 1024;

/**
 * What `kubectl apply` says it has applied: by it the next one knows what is left out on purpose. It is kept for nothing else, and not
 * where it says what the kind does not know: that may be a secret in the wrong place.
 * @param fields of the kind's spec
 */
export function lastAppliedOf({ metadata }: KubeObject, fields: readonly string[]): string | undefined {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (text === undefined || text.length > longest) return undefined;
  const applied = parsed(text);
  if (applied === undefined) return undefined;
  const {
    apiVersion: _version,
    kind: _kind,
    metadata: about,
    spec: _spec,
    status: _status,
    ...rest
  } = applied;
  const isKnown =
    Object.keys(rest).length === 0 &&
    Object.keys(part(applied, 'spec')).every((field) => fields.includes(field)) &&
    Object.keys(about ?? {}).every((field) => ofMetadata.has(field));
  return isKnown ? text : undefined;
}

/** The annotations of an object that was applied so. */
export function lastAppliedAnnotation(text: string | undefined): Record<string, string> | undefined {
  return text === undefined ? undefined : { [LAST_APPLIED]: text };
}

function parsed(text: string): KubeObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as KubeObject)
      : undefined;
  } catch {
    return undefined;
  }
}
