import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBECTL_VERSIONS, type Terminal } from './support/kubectl.ts';
import { ok as okAs } from './support/outcomes.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

describe.each(KUBECTL_VERSIONS)('workloads of the embedded API, with kubectl %s', (version) => {
  let started: TrustedTokens;
  let jane: Terminal;

  beforeAll(async () => {
    started = await startTrustingTokens();
    jane = await started.open(version, 'jane', ['developers']);
  });

  afterAll(() => started?.dispose());

  const ok = (...args: string[]) => okAs(jane, ...args);

  const imagesOfPods = () =>
    ok('get', 'pods', '-l', 'app=web', '-o', 'jsonpath={.items[*].spec.containers[0].image}');
  const rolledOut = () => ok('rollout', 'status', 'deployment/web', '--timeout=30s');

  it('rolls a deployment out', async () => {
    await ok('create', 'deployment', 'web', '--image=nginx:1', '--replicas=3');
    expect(await rolledOut()).toContain('deployment "web" successfully rolled out');
    expect(await imagesOfPods()).toBe('nginx:1 nginx:1 nginx:1');
    expect(await ok('wait', '--for=condition=Available', 'deployment/web', '--timeout=30s')).toContain(
      'condition met',
    );
    expect(await ok('logs', 'deployment/web', '--tail=1')).not.toBe('');
    expect(await ok('get', 'deployment', 'web')).toMatch(/web\s+3\/3\s+3\s+3/);
  });

  it('scales it', async () => {
    await ok('scale', 'deployment/web', '--replicas=2');
    await rolledOut();
    await ok('wait', '--for=jsonpath={.status.replicas}=2', 'deployment/web', '--timeout=30s');
    expect(await ok('get', 'deployment', 'web')).toMatch(/web\s+2\/2\s+2\s+2/);
  });

  it('rolls it on, and back', async () => {
    await ok('set', 'image', 'deployment/web', 'nginx=nginx:2');
    await rolledOut();
    await ok('wait', '--for=jsonpath={.status.replicas}=2', 'deployment/web', '--timeout=30s');
    expect((await imagesOfPods()).split(' ')).toContain('nginx:2');
    const history = await ok('rollout', 'history', 'deployment/web');
    expect(history.split('\n').filter((line) => /^\d/.test(line))).toHaveLength(2);
    expect(await ok('rollout', 'history', 'deployment/web', '--revision=1')).toContain('nginx:1');
    await ok('rollout', 'undo', 'deployment/web');
    await rolledOut();
    expect(await ok('get', 'deployment', 'web', '-o', 'wide')).toContain('nginx:1');
    expect(
      await ok(
        'get',
        'deployment',
        'web',
        '-o',
        "jsonpath={.metadata.annotations['deployment\\.kubernetes\\.io/revision']}",
      ),
    ).toBe('3');
  });

  it('restarts it, pauses it and goes on', async () => {
    await ok('rollout', 'restart', 'deployment/web');
    await rolledOut();
    await ok('rollout', 'pause', 'deployment/web');
    await ok('set', 'image', 'deployment/web', 'nginx=nginx:3');
    expect(await imagesOfPods()).not.toContain('nginx:3');
    await ok('rollout', 'resume', 'deployment/web');
    await rolledOut();
    await ok('wait', '--for=jsonpath={.status.replicas}=2', 'deployment/web', '--timeout=30s');
    expect(await imagesOfPods()).toContain('nginx:3');
  });

  it('takes all of it away again', async () => {
    await ok('delete', 'deployment', 'web', '--cascade=foreground', '--timeout=30s');
    await ok('wait', '--for=delete', 'pods', '-l', 'app=web', '--timeout=30s');
    expect(await ok('get', 'replicasets,pods', '-l', 'app=web', '-o', 'name')).toBe('');
  });

  const manifests = `
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { clusterIP: None, selector: { app: db }, ports: [{ port: 5432 }] }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 2
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec:
      containers:
        - { name: db, image: 'postgres:17', volumeMounts: [{ name: data, mountPath: /data }] }
  volumeClaimTemplates:
    - metadata: { name: data }
      spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: busybox, command: [sleep, infinity] }] }
`;

  it('runs stateful and daemon sets, with claims and endpoints', async () => {
    const file = join(jane.home, 'sets.yaml');
    await writeFile(file, manifests);
    await ok('apply', '-f', file);
    expect(await ok('rollout', 'status', 'statefulset/db', '--timeout=30s')).toMatch(
      /partitioned roll out complete: 2 new pods/,
    );
    expect(await ok('get', 'pods', '-l', 'app=db', '-o', 'name')).toBe('pod/db-0\npod/db-1\n');
    expect(await ok('get', 'pvc', 'data-db-1')).toMatch(/data-db-1\s+Bound\s+pvc-\S+\s+1Gi\s+RWO\s+standard/);
    expect(await ok('rollout', 'status', 'daemonset/agent', '--timeout=30s')).toContain(
      'successfully rolled out',
    );
    const addresses = await ok(
      'get',
      'endpointslices',
      '-l',
      'kubernetes.io/service-name=db',
      '-o',
      'jsonpath={.items[*].endpoints[*].addresses[0]}',
    );
    expect(addresses.split(' ')).toHaveLength(2);
    await ok('delete', '-f', file, '--timeout=30s');
    await ok('wait', '--for=delete', 'pods', '-l', 'app in (db,agent)', '--timeout=30s');
  });

  it('runs jobs to their end, and jobs of cron jobs', async () => {
    await ok('create', 'job', 'hello', '--image=busybox', '--', 'sh', '-c', 'echo hello');
    await ok('wait', '--for=condition=Complete', 'job/hello', '--timeout=30s');
    expect(await ok('logs', 'job/hello')).toBe('hello\n');
    await ok('create', 'job', 'fails', '--image=busybox', '--', 'sh', '-c', 'exit 3');
    await ok('wait', '--for=jsonpath={.status.failed}=1', 'job/fails', '--timeout=30s');
    await ok(
      'create',
      'cronjob',
      'nightly',
      '--image=busybox',
      '--schedule=0 3 * * *',
      '--',
      'sh',
      '-c',
      'date',
    );
    await ok('create', 'job', 'now', '--from=cronjob/nightly');
    await ok('wait', '--for=condition=Complete', 'job/now', '--timeout=30s');
    await ok('delete', 'cronjob/nightly', 'job/hello', 'job/fails', '--timeout=30s');
    await ok('wait', '--for=delete', 'pods', '-l', 'job-name', '--timeout=30s');
  });
});
