import { describe, expect, test } from 'vitest';
import { createKnownTargets } from '../../../src/gateway/pipeline/known-targets.ts';
import { resolveRequestInfo } from '../../../src/kube/index.ts';

const info = (target: string) => resolveRequestInfo('GET', target);

describe('known targets', () => {
  test('give back the same object for the same target only', () => {
    const known = createKnownTargets();
    const pods = info('/api/v1/pods');
    known.learn('/api/v1/pods', pods);
    expect(known.get('/api/v1/pods')).toBe(pods);
    expect(known.get('/api/v1/pods?watch=1')).toBeUndefined();
    expect(known.get('/api/v1/pods/')).toBeUndefined();
  });

  test('are bounded, and what is asked for again stays', () => {
    const known = createKnownTargets(10);
    const often = info('/api/v1/nodes');
    known.learn('/api/v1/nodes', often);
    for (let index = 0; index < 1_000; index++) {
      const target = `/api/v1/namespaces/n${index}/pods`;
      known.learn(target, info(target));
      expect(known.get('/api/v1/nodes')).toBe(often);
    }
    expect(known.get('/api/v1/namespaces/n0/pods')).toBeUndefined();
    expect(known.get('/api/v1/namespaces/n999/pods')).toBeDefined();
  });

  test('long targets are not kept', () => {
    const known = createKnownTargets();
    const target = `/api/v1/pods?labelSelector=${'a'.repeat(300)}`;
    known.learn(target, info(target));
    expect(known.get(target)).toBeUndefined();
  });
});
