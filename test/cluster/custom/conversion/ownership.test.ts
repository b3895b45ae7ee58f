import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCluster, type TestCluster } from '../../support.ts';
import { define, definitionsPath } from '../cron-tab.ts';
import { type ConversionWebhook, openConversionWebhook, refusal } from './conversion-webhook.ts';
import { betaHostPort, betaPath, hostPort, hostPorts, v1Path } from './host-port.ts';

const merge = { 'Content-Type': 'application/merge-patch+json' };
let cluster: TestCluster;
let webhook: ConversionWebhook;

beforeAll(async () => {
  webhook = await openConversionWebhook();
  cluster = await startCluster();
  await define(cluster, hostPorts(webhook, ['v1beta1']));
});

beforeEach(() => webhook.answer());

afterAll(async () => {
  await cluster.close();
  await webhook.close();
  expect(cluster.logged).toEqual([]);
});

/** Server-side apply in the version that the configuration says. */
function apply(manager: string, config: { apiVersion: string; metadata: { name: string } }, more = '') {
  const path = config.apiVersion.endsWith('/v1') ? v1Path : betaPath;
  return cluster.send('PATCH', `${path}/${config.metadata.name}?fieldManager=${manager}${more}`, config, {
    'Content-Type': 'application/apply-patch+yaml',
  });
}

/** What each manager owns of the spec, by name. */
async function owners(name: string): Promise<Record<string, string[]>> {
  const { json } = await cluster.send('GET', `${betaPath}/${name}`);
  const entries: { manager: string; fieldsV1: { 'f:spec'?: object } }[] = json.metadata.managedFields ?? [];
  const owned = entries.map(
    ({ manager, fieldsV1 }) =>
      [manager, Object.keys(fieldsV1['f:spec'] ?? {}).filter((each) => each !== '.')] as const,
  );
  return Object.fromEntries(owned.filter(([, fields]) => fields.length > 0));
}

/** Without the fields that defaults set. */
const bare = <T extends { spec: object }>(config: T, spec: object) => ({ ...config, spec });

describe('a field that has other names in other versions', () => {
  it('is fought over where its owner has set it', async () => {
    expect((await apply('beta', bare(betaHostPort('conflict'), { hostPort: 'a:1' }))).code).toBe(201);
    const stable = bare(hostPort('conflict'), { host: 'b', port: '1' });
    const refused = await apply('stable', stable);
    expect(refused.code, refused.text).toBe(409);
    expect(refused.json.message).toBe('Apply failed with 1 conflict: conflict with "beta": .spec.hostPort');
    const forced = await apply('stable', stable, '&force=true');
    expect(forced.json.spec).toMatchObject({ host: 'b', port: '1' });
    expect(await owners('conflict')).toEqual({ stable: ['f:host', 'f:port'] });
  });

  it('is no conflict when it says the same', async () => {
    await apply('beta', bare(betaHostPort('agreed'), { hostPort: 'a:1' }));
    const same = await apply('stable', bare(hostPort('agreed'), { host: 'a', port: '1' }));
    expect(same.code, same.text).toBe(200);
    expect(await owners('agreed')).toEqual({ beta: ['f:hostPort'], stable: ['f:host', 'f:port'] });
    // What one of them gives up, the other one still owns.
    const left = await apply('stable', bare(hostPort('agreed'), { note: 'n' }));
    expect(left.json.spec).toMatchObject({ host: 'a', port: '1', note: 'n' });
    expect(await owners('agreed')).toEqual({ beta: ['f:hostPort'], stable: ['f:note'] });
  });

  it('goes when its only owner applies without it, in whatever version', async () => {
    await apply('one', bare(hostPort('given-up'), { host: 'a', port: '1' }));
    const without = await apply('one', bare(betaHostPort('given-up'), { note: 'n' }));
    expect(without.code, without.text).toBe(200);
    expect(without.json.spec).not.toHaveProperty('hostPort');
    expect(without.json.spec).toMatchObject({ note: 'n' });
    const again = await apply('one', bare(hostPort('given-up'), { note: 'n', port: '9' }));
    expect(again.json.spec).toMatchObject({ note: 'n', port: '9' });
    expect(again.json.spec).not.toHaveProperty('host');
  });

  it('is lost to who writes it without apply', async () => {
    await apply('beta', bare(betaHostPort('written'), { hostPort: 'a:1', note: 'n' }));
    await cluster.send('PATCH', `${v1Path}/written?fieldManager=edit`, { spec: { host: 'z' } }, merge);
    expect(await owners('written')).toEqual({ beta: ['f:note'], edit: ['f:fresh', 'f:host'] });
  });

  it('stays whose it was when the webhook fails', async () => {
    await apply('beta', bare(betaHostPort('failed'), { hostPort: 'a:1' }));
    const before = await owners('failed');
    webhook.answer(refusal('broken'));
    const refused = await apply('stable', bare(hostPort('failed'), { host: 'b' }), '&force=true');
    expect(refused.json).toMatchObject({
      code: 500,
      message: 'conversion webhook for conv.example.com/v1beta1, Kind=HostPort failed: broken',
    });
    expect(await owners('failed')).toEqual(before);
  });

  it('belongs to nobody when its version is gone', async () => {
    const { json } = await cluster.send('POST', betaPath, betaHostPort('gone'));
    const ancient = {
      manager: 'ancient',
      operation: 'Apply',
      apiVersion: 'conv.example.com/v1alpha1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:address': {} } },
    };
    const managedFields = [...json.metadata.managedFields, ancient];
    const patch = { metadata: { managedFields }, spec: { note: 'n' } };
    await cluster.send('PATCH', `${betaPath}/gone?fieldManager=edit`, patch, merge);
    expect(Object.keys(await owners('gone')).toSorted()).toEqual(['edit', 'test']);
  });
});

describe('a definition whose webhook changes', () => {
  it('lets what is under way end as it began', async () => {
    await cluster.send('POST', betaPath, betaHostPort('under-way'));
    const reviewed = webhook.reviews.length;
    let release = () => {};
    webhook.hold(
      new Promise<void>((resolve) => {
        release = resolve;
      }),
    );
    const read = cluster.send('GET', `${v1Path}/under-way`);
    await expect.poll(() => webhook.reviews.length).toBeGreaterThan(reviewed);
    const url = `${webhook.url}/elsewhere`;
    const webhookChange = { spec: { conversion: { webhook: { clientConfig: { url } } } } };
    const path = `${definitionsPath}/hostports.conv.example.com`;
    expect((await cluster.send('PATCH', path, webhookChange, merge)).code).toBe(200);
    release();
    webhook.hold(Promise.resolve());
    expect((await read).json.spec).toMatchObject({ host: 'a' });
    expect((await cluster.send('GET', `${v1Path}/under-way`)).json.spec).toMatchObject({ host: 'a' });
  });
});
