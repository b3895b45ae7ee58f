import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../support.ts';

const root = '/api/v1/namespaces/default';

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(() => cluster.close());

const limitRange = (name: string, ...limits: object[]) =>
  cluster.send('POST', `${root}/limitranges`, { metadata: { name }, spec: { limits } });
const container = (name: string, resources: object = {}) => ({ name, image: 'i', resources });
const pod = (name: string, spec: object) =>
  cluster.send('POST', `${root}/pods`, { metadata: { name }, spec });
const refusal = async (sent: Promise<{ readonly code: number; readonly json: { message: string } }>) => {
  const { code, json } = await sent;
  return [code, json.message];
};

describe('a limit range', () => {
  it('says for containers what they leave out, and tells of it', async () => {
    await limitRange('l', {
      type: 'Container',
      default: { cpu: '500m', memory: '512Mi' },
      defaultRequest: { cpu: '100m' },
    });
    const { json } = await pod('a', {
      containers: [container('one'), container('two', { limits: { cpu: '1', memory: '1Gi' } })],
      initContainers: [container('first', { requests: { cpu: '50m' } })],
    });
    expect(json.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container one; cpu, memory limit for container one; ' +
        'memory request for init container first; cpu, memory limit for init container first',
    });
    expect([...json.spec.containers, ...json.spec.initContainers].map(({ resources }) => resources)).toEqual([
      { requests: { cpu: '100m', memory: '512Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
      { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } },
      { requests: { cpu: '50m', memory: '512Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
    ]);
    expect(json.status.qosClass).toBe('Burstable');
  });

  it('bounds containers from both sides, with all that is outside in one sentence', async () => {
    await limitRange('l', {
      type: 'Container',
      min: { cpu: '100m' },
      max: { cpu: '1', memory: '1Gi' },
      maxLimitRequestRatio: { cpu: '4' },
    });
    const one = (resources: object) => refusal(pod('a', { containers: [container('c', resources)] }));
    const memory = { memory: '1Gi' };
    expect(await one({ requests: { cpu: '500m', ...memory }, limits: { cpu: '2', memory: '2Gi' } })).toEqual([
      403,
      'pods "a" is forbidden: [maximum cpu usage per Container is 1, but limit is 2, ' +
        'maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ]);
    expect(await one({ requests: { cpu: '50m', ...memory }, limits: { cpu: '200m', ...memory } })).toEqual([
      403,
      'pods "a" is forbidden: minimum cpu usage per Container is 100m, but request is 50m',
    ]);
    expect(await one({ requests: { cpu: '150m', ...memory }, limits: { cpu: '1', ...memory } })).toEqual([
      403,
      'pods "a" is forbidden: cpu max limit to request ratio per Container is 4, but provided ratio is 6.666667',
    ]);
    expect(await one({ requests: { cpu: '250m' }, limits: { cpu: '1' } })).toEqual([201, undefined]);
  });

  it('bounds pods as a whole, with what starts them', async () => {
    await limitRange('l', { type: 'Pod', max: { cpu: '1' }, min: { memory: '1Gi' } });
    const half = { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } };
    const two = [container('a', half), container('b', half)];
    expect((await pod('a', { containers: two })).code).toBe(201);
    const first = container('first', { limits: { cpu: '1500m' } });
    expect(await refusal(pod('b', { containers: two, initContainers: [first] }))).toEqual([
      403,
      'pods "b" is forbidden: maximum cpu usage per Pod is 1, but limit is 1500m',
    ]);
    expect(await refusal(pod('c', { containers: [container('c', { limits: { cpu: '1' } })] }))).toEqual([
      403,
      'pods "c" is forbidden: minimum memory usage per Pod is 1Gi.  No request is specified',
    ]);
  });

  it('bounds claims, when they are made and when they grow', async () => {
    await limitRange('l', {
      type: 'PersistentVolumeClaim',
      min: { storage: '1Gi' },
      max: { storage: '2Gi' },
    });
    const claim = (storage: string) => ({
      metadata: { name: 'c' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
    });
    const path = `${root}/persistentvolumeclaims`;
    expect(await refusal(cluster.send('POST', path, claim('500Mi')))).toEqual([
      403,
      'persistentvolumeclaims "c" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi',
    ]);
    expect((await cluster.send('POST', path, claim('2Gi'))).code).toBe(201);
    const tooLarge = await cluster.send('POST', path, { ...claim('3Gi'), metadata: { name: 'd' } });
    expect(tooLarge.json.message).toContain(
      'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    );
  });

  it('refuses a range that contradicts itself', async () => {
    const limits = [
      { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' }, maxLimitRequestRatio: { memory: '500m' } },
      { type: 'Pod', default: { cpu: '1' } },
      { type: 'PersistentVolumeClaim' },
      { type: 'Pod', max: { nonsense: '1' } },
    ];
    const { code, json } = await limitRange('l', ...limits);
    expect(code).toBe(422);
    expect(
      json.details.causes.map(({ field, message }: Record<string, string>) => `${field}: ${message}`),
    ).toEqual([
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1',
      'spec.limits[0].maxLimitRequestRatio[memory]: Invalid value: "500m": ratio 500m is less than 1',
      "spec.limits[1].default: Forbidden: may not be specified when `type` is 'Pod'",
      'spec.limits[2].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
      'spec.limits[3].type: Duplicate value: "Pod"',
      'spec.limits[3].max[nonsense]: Invalid value: "nonsense": must be a standard resource type or fully qualified',
      'spec.limits[3].max[nonsense]: Invalid value: "nonsense": must be a standard resource for containers',
    ]);
  });
});
