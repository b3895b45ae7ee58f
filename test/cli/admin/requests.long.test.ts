import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bindingTo, serveAskedCluster } from '../../server/support/asked-cluster.ts';
import { kubeconfig } from '../support/kubeconfig.ts';
import { type Outcome, run } from '../support/run.ts';

let served: Awaited<ReturnType<typeof serveAskedCluster>>;
let directory: string;

beforeAll(async () => {
  served = await serveAskedCluster(['amy', 'bob'].map((user) => bindingTo('cluster-admin', user)));
  directory = mkdtempSync(join(tmpdir(), 'sallyport-requests-'));
  for (const token of ['amy', 'bob'])
    writeFileSync(
      join(directory, token),
      kubeconfig(served.url, { token }).replace('"namespace":"dev"', '"namespace":"team-a"'),
    );
});
afterAll(async () => {
  rmSync(directory, { recursive: true });
  await served.close();
});

const as = (user: string, ...args: string[]): Promise<Outcome> =>
  run(['requests', ...args], { KUBECONFIG: join(directory, user) });

async function ok(user: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await as(user, ...args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const ask = ['--for', '90m', '--reason', 'the shop is down'];

async function asked(...args: string[]): Promise<string> {
  const name = await ok('amy', 'create', ...args, ...ask, '-o', 'name');
  return name.trim().replace(/^.*\//, '');
}

describe('sallyport requests', () => {
  it('asks in the namespace of the context, and decides', async () => {
    const name = await asked('edit');
    expect(name).toMatch(/^edit-\w{5}$/);
    const table = await ok('bob', 'list');
    expect(table).toMatch(/^NAME +REQUESTER +ROLE +DURATION +STATUS +EXPIRES +AGE$/m);
    expect(table).toMatch(new RegExp(`^${name} +amy +ClusterRole/edit +1h30m +Pending +<none>`, 'm'));
    const own = await as('amy', 'approve', name);
    expect(own).toMatchObject({ code: 4, stderr: expect.stringContaining('somebody else has to decide') });
    const done = await ok('bob', 'approve', name, '--message', 'go ahead');
    expect(done).toBe(`accessrequest.sallyport.dev/${name} approved\n`);
    const { status } = JSON.parse(await ok('bob', 'get', name, '-o', 'json'));
    expect(status).toMatchObject({ phase: 'Active', decision: { by: 'bob', message: 'go ahead' } });
    expect(await ok('amy', 'revoke', name)).toMatch(/ revoked\n$/);
    expect(await ok('bob', 'delete', name)).toMatch(/ deleted\n$/);
  });

  it('asks elsewhere, and for the whole cluster', async () => {
    const reader = await asked('role/Pod_Reader', '-n', 'team-b');
    expect(reader).toMatch(/^pod-reader-/);
    expect(await ok('amy', 'list', '-A')).toMatch(new RegExp(`^${reader} +amy +Role/Pod_Reader`, 'm'));
    expect((await as('amy', 'list')).stderr).toBe('No resources found\n');
    const wide = await asked('view', '--cluster-wide');
    expect(await ok('bob', 'deny', wide, '--cluster-wide')).toBe(
      `clusteraccessrequest.sallyport.dev/${wide} denied\n`,
    );
  });

  it('waits until somebody has decided', async () => {
    const waiting = as('amy', 'create', 'view', ...ask, '--wait');
    const list = async () =>
      JSON.parse(await ok('bob', 'list', '-o', 'json')).items as { metadata: { name: string } }[];
    await expect.poll(list, { timeout: 10_000, interval: 20 }).toHaveLength(1);
    const [request] = await list();
    await ok('bob', 'deny', request?.metadata.name ?? '', '--message', 'not today');
    expect(await waiting).toMatchObject({
      code: 1,
      stderr: 'waiting for somebody to decide\nerror: bob has denied it: not today\n',
    });
  });

  it.each([
    [['create', 'edit', '--for', '1h'], '--reason is missing'],
    [['create', 'edit', '--reason', 'x'], '--for is missing'],
    [['create', 'pods/x', ...ask], '"pods/x" is no role'],
    [['list', '--cluster-wide', '-A'], '--cluster-wide is for requests that are in no namespace'],
    [['approve'], 'too few arguments'],
    [['aprove', 'x'], 'did you mean approve?'],
  ])('refuses %j', async (args, text) => {
    expect(await as('amy', ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(text) });
  });
});
