import { expect } from 'vitest';
import { builtInTable, type KubeObject } from '../../../src/cluster/resources/index.ts';
import {
  applyDefaults,
  checkTypes,
  prepareForCreate,
  validateObject,
} from '../../../src/cluster/schema/index.ts';

export const metadata = { name: 'x' };
export const labels = { a: 'b' };
export const selector = { matchLabels: labels };
export const container = { name: 'c', image: 'i' };
export const template = (spec: object) => ({ metadata: { labels }, spec });

const uid = '959a4b32-b048-4b04-9f3e-1f4762333593';
export const allocators = { randomSuffix: () => 'jqm9f', clusterIP: () => '10.0.0.0', nodePort: () => 30001 };

export function typeOf(apiVersion: string, kind: string) {
  const type = builtInTable.types.find(
    (each) => [each.group, each.version].filter(Boolean).join('/') === apiVersion && each.kind === kind,
  );
  if (type === undefined) throw new Error(`not served: ${apiVersion} ${kind}`);
  return type;
}

export function create(object: KubeObject): KubeObject {
  const type = typeOf(object.apiVersion ?? '', object.kind ?? '');
  expect(checkTypes(type, object)).toBeUndefined();
  const defaulted = applyDefaults(type, object);
  const named = { ...defaulted, metadata: { ...defaulted.metadata, uid } };
  const created = prepareForCreate(type, named, allocators);
  expect(validateObject(type, created)).toEqual([]);
  return created;
}
