import { describe, expect, it } from 'vitest';
import { restoreProblem } from '../../../src/cluster/schema/index.ts';
import { typeOf } from '../type-of.ts';

const configMaps = typeOf('/v1/configmaps');
const deployments = typeOf('apps/v1/deployments');
const container = (more: object) => ({
  spec: { template: { spec: { containers: [{ name: 'c', ...more }] } } },
});

/** Recorded from a kube-apiserver 1.35.4, of strategic merge patches. */
describe('what a strategic merge patch has made of a wrong type', () => {
  it.each<readonly [object, string]>([
    [{ data: { a: 1 } }, 'cannot convert int64 to string'],
    [{ data: [] }, 'cannot restore map from slice'],
    [{ metadata: 1 }, 'cannot restore struct from: int64'],
    [{ immutable: 'x' }, 'unrecognized type: bool'],
  ])('is named as API machinery does: %j', (object, problem) => {
    expect(restoreProblem(configMaps, object)).toBe(problem);
  });

  it.each<readonly [object, string | undefined]>([
    [{ spec: 'x' }, 'cannot restore struct from: string'],
    [{ spec: { replicas: 'x' } }, 'unrecognized type: int32'],
    [{ spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
    [{ spec: { paused: 1 } }, 'unrecognized type: bool'],
    [{ spec: { template: { spec: { containers: 'x' } } } }, 'cannot restore slice from string'],
    [container({ imagePullPolicy: 5 }), 'cannot convert int64 to v1.PullPolicy'],
    [container({ image: true }), 'unrecognized type: string'],
    [container({ image: 'i', command: ['x'], tty: false, env: null }), undefined],
  ])('is named by its place in Go: %j', (object, problem) => {
    expect(restoreProblem(deployments, object)).toBe(problem);
  });
});
