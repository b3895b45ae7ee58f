import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBECTL_VERSIONS, type Terminal } from './support/kubectl.ts';
import { said } from './support/outcomes.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

function settings(name: string, data: Readonly<Record<string, string>>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
}

function deployment(containers: readonly object[]): string {
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  });
}

interface Entry {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1: Record<string, unknown>;
}

describe.each(KUBECTL_VERSIONS)('server-side apply by kubectl %s', (version) => {
  let started: TrustedTokens;
  let jane: Terminal;

  beforeAll(async () => {
    started = await startTrustingTokens();
    jane = await started.open(version, 'jane', ['developers']);
  });

  afterAll(() => started?.dispose());

  const apply = (manifest: string, ...flags: string[]) =>
    jane.kubectlWith(manifest, 'apply', '-f', '-', ...flags);
  const serverSide = (manifest: string, ...flags: string[]) => apply(manifest, '--server-side', ...flags);

  const read = async (...args: string[]) => said(jane.kubectl('get', ...args));
  const data = async (name: string) => JSON.parse(await read('configmap', name, '-o', 'jsonpath={.data}'));

  async function entries(...object: string[]): Promise<readonly Entry[]> {
    const found = JSON.parse(await read(...object, '-o', 'json', '--show-managed-fields'));
    return found.metadata.managedFields;
  }

  it('creates, changes and prunes', async () => {
    expect(await said(serverSide(settings('a', { x: '1', y: '1' })))).toBe(
      'configmap/a serverside-applied\n',
    );
    const before = await read('configmap', 'a', '-o', 'jsonpath={.metadata.resourceVersion}');
    await said(serverSide(settings('a', { x: '1', y: '1' })));
    expect(await read('configmap', 'a', '-o', 'jsonpath={.metadata.resourceVersion}')).toBe(before);
    await said(serverSide(settings('a', { x: '2' })));
    expect(await data('a')).toEqual({ x: '2' });
  });

  it('shows managed fields only when it is asked to', async () => {
    expect(await read('configmap', 'a', '-o', 'yaml')).not.toContain('managedFields');
    expect(await entries('configmap', 'a')).toMatchObject([
      { manager: 'kubectl', operation: 'Apply', fieldsV1: { 'f:data': { 'f:x': {} } } },
    ]);
    expect(await read('configmaps')).toMatch(/^NAME\s+DATA\s+AGE\n/);
  });

  it('finds conflicts, and takes over by force', async () => {
    const { code, stderr } = await serverSide(settings('a', { x: '3' }), '--field-manager=other');
    expect(code).toBe(1);
    expect(stderr).toContain('Apply failed with 1 conflict: conflict with "kubectl": .data.x');
    expect(await data('a')).toEqual({ x: '2' });
    await said(serverSide(settings('a', { x: '3' }), '--field-manager=other', '--force-conflicts'));
    expect(await data('a')).toEqual({ x: '3' });
    expect((await entries('configmap', 'a')).map(({ manager }) => manager)).toEqual(['other']);
  });

  it('tries without a write', async () => {
    const tried = await said(serverSide(settings('dry', { x: '1' }), '--dry-run=server'));
    expect(tried).toBe('configmap/dry serverside-applied (server dry run)\n');
    expect(await read('configmap', 'dry', '--ignore-not-found')).toBe('');
    const { code, stdout } = await jane.kubectlWith(
      settings('a', { x: '3', z: '1' }),
      'diff',
      '--server-side',
      '--field-manager=other',
      '-f',
      '-',
    );
    expect(code).toBe(1);
    expect(stdout).toContain('+  z: "1"');
  });

  it('takes over from client-side apply, without conflict and without leftovers', async () => {
    await said(apply(settings('moved', { x: '1', y: '1' })));
    expect((await entries('configmap', 'moved')).map(({ manager }) => manager)).toEqual([
      'kubectl-client-side-apply',
    ]);
    await said(serverSide(settings('moved', { x: '2' })));
    expect(await data('moved')).toEqual({ x: '2' });
    expect((await entries('configmap', 'moved')).map(({ manager }) => manager)).not.toContain(
      'kubectl-client-side-apply',
    );
  });

  it('merges containers of two managers', async () => {
    await said(serverSide(deployment([{ name: 'web', image: 'nginx' }])));
    await said(serverSide(deployment([{ name: 'side', image: 'envoy' }]), '--field-manager=mesh'));
    const images = async () =>
      read('deployment', 'web', '-o', 'jsonpath={.spec.template.spec.containers[*].image}');
    expect((await images()).split(' ').toSorted()).toEqual(['envoy', 'nginx']);
    const { stderr } = await serverSide(
      deployment([{ name: 'web', image: 'nginx:2' }]),
      '--field-manager=mesh',
    );
    expect(stderr).toContain('.spec.template.spec.containers[name="web"].image');
    await said(jane.kubectl('scale', 'deployment', 'web', '--replicas=1'));
    expect(await entries('deployment', 'web')).toContainEqual(
      expect.objectContaining({
        manager: 'kubectl',
        operation: 'Update',
        subresource: 'scale',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      }),
    );
  });

  it('leaves edit, replace, label and patch as they were', async () => {
    await said(jane.kubectl('create', 'configmap', 'plain', '--from-literal=word=before'));
    await said(jane.kubectl('edit', 'configmap', 'plain'));
    expect(await data('plain')).toEqual({ word: 'after' });
    await said(jane.kubectlWith(settings('plain', { word: 'new' }), 'replace', '-f', '-'));
    await said(jane.kubectl('label', 'configmap', 'plain', 'a=b'));
    await said(jane.kubectl('patch', 'configmap', 'plain', '-p', '{"data":{"more":"1"}}'));
    expect(await data('plain')).toEqual({ word: 'new', more: '1' });
    const owned = (await entries('configmap', 'plain')).map(({ manager, fieldsV1 }) => [manager, fieldsV1]);
    expect(Object.fromEntries(owned)).toEqual({
      'kubectl-create': { 'f:data': {} },
      'kubectl-replace': { 'f:data': { 'f:word': {} } },
      'kubectl-label': { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } },
      'kubectl-patch': { 'f:data': { 'f:more': {} } },
    });
  });
});
