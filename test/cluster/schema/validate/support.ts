import type { KubeObject } from '../../../../src/cluster/resources/index.ts';
import { applyDefaults, validateObject } from '../../../../src/cluster/schema/index.ts';
import { fieldErrorBody } from '../../../../src/kube/index.ts';
import { typeOf } from '../../type-of.ts';

export const metadata = { name: 'a', namespace: 'default' };

/** `field: text` of all that is wrong with the object, once it has its defaults. */
export function errors(path: string, object: object, oldObject?: object): string[] {
  const type = typeOf(path);
  const defaulted = (each: object) => applyDefaults(type, { metadata, ...each } as KubeObject);
  const found = validateObject(
    type,
    defaulted(object),
    oldObject === undefined ? undefined : defaulted(oldObject),
  );
  return found.map((error) => `${error.field}: ${fieldErrorBody(error)}`);
}

export const container = { name: 'c', image: 'i' };
export const podSpec = { containers: [container] };
export const labels = { a: 'b' };
export const template = { metadata: { labels }, spec: podSpec };
