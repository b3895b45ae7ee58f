import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, openDoor, webRedirect } from '../../identity/support/door.ts';
import { serveAdmin } from '../support/served-admin.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
let door: Door;
let admin: Awaited<ReturnType<typeof serveAdmin>>;

beforeAll(async () => {
  door = await openDoor();
  admin = await serveAdmin({ identity: door.identity });
});
afterAll(async () => {
  await admin.close();
  await door.close();
});

interface Applied {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

const manifest = (kind: string, name: string, spec: Applied['spec']): Applied => ({
  apiVersion: 'sallyport.dev/v1',
  kind,
  metadata: { name },
  spec,
});
const remembered = (object: Applied) => ({ [ANNOTATION]: JSON.stringify(object) });

/** What kubectl makes of two manifests and what there is (RFC 7396; kubectl's jsonmergepatch): what was left out is null. */
function patchOf(before: Applied, after: Applied) {
  const removed = Object.keys(before.spec).filter((field) => !(field in after.spec));
  const spec = { ...Object.fromEntries(removed.map((field) => [field, null])), ...after.spec };
  return { metadata: { annotations: remembered(after) }, spec };
}

describe.each([
  {
    resource: 'oauthclients',
    kind: 'OAuthClient',
    spec: { redirectURIs: [webRedirect] },
    more: { trustedPeers: ['web'], allowedGroups: ['oncall'] },
    less: { trustedPeers: [] },
  },
  {
    resource: 'groups',
    kind: 'Group',
    spec: { description: 'x' },
    more: { memberOf: ['all'] },
    less: { memberOf: [] },
  },
  {
    resource: 'users',
    kind: 'User',
    spec: { email: 'zoe@example.com' },
    more: { groups: ['all'], disabled: true },
    less: { groups: [], disabled: false },
  },
])('kubectl apply of $resource', ({ resource, kind, spec, more, less }) => {
  it('learns what it has applied, so that what is left out goes', async () => {
    await admin.ask('POST', 'groups', { metadata: { name: 'all' } });
    const made = await admin.ask('POST', resource, {
      metadata: resource === 'users' ? {} : { name: `${resource}-applied` },
      spec,
    });
    expect(made.status).toBe(201);
    const { name } = made.json.metadata;
    const first = manifest(kind, name, { ...spec, ...more });
    const given = await admin.ask('PATCH', `${resource}/${name}`, patchOf(manifest(kind, name, spec), first));
    expect(given.json).toMatchObject({ metadata: { annotations: remembered(first) }, spec: more });
    expect(given.headers.get('warning')).toBeNull();
    const second = manifest(kind, name, spec);
    const patched = await admin.ask('PATCH', `${resource}/${name}`, patchOf(first, second));
    expect(patched.json).toMatchObject({ metadata: { annotations: remembered(second) }, spec: less });
    const { json } = await admin.ask('GET', `${resource}/${name}`);
    expect(json).toEqual(patched.json);
    const dry = await admin.ask('PATCH', `${resource}/${name}?dryRun=All`, patchOf(second, first));
    expect(dry.json).toMatchObject({ metadata: { annotations: remembered(first) }, spec: more });
    const again = await admin.ask('PATCH', `${resource}/${name}`, patchOf(second, second));
    expect(again.json.metadata.resourceVersion).toBe(json.metadata.resourceVersion);
    const { annotations: _none, ...metadata } = json.metadata;
    const replaced = await admin.ask('PUT', `${resource}/${name}`, { ...json, metadata });
    expect(replaced.json.metadata).not.toHaveProperty('annotations');
  });

  it('is not remembered where it holds what there is no field for, and no other annotation is', async () => {
    const { json } = await admin.ask('GET', resource);
    const ofStore = (source = 'Stored') => source === 'Stored';
    const found = json.items.find(({ status }: { status?: { source?: string } }) => ofStore(status?.source));
    const { name } = found.metadata;
    for (const applied of [
      manifest(kind, name, { ...spec, secret: 'hunter2' }),
      manifest(kind, name, { ...spec, password: 'hunter2' }),
      { ...manifest(kind, name, spec), data: { secret: 'hunter2' } },
      manifest(kind, name, { ...spec, description: 'hunter2'.repeat(5000) }),
    ]) {
      await admin.ask('PATCH', `${resource}/${name}`, { metadata: { annotations: remembered(applied) } });
      const shown = await admin.ask('GET', `${resource}/${name}`);
      expect(JSON.stringify(shown.json)).not.toContain('hunter2');
    }
    const other = await admin.ask('PATCH', `${resource}/${name}`, { metadata: { annotations: { a: 'b' } } });
    expect(other.headers.get('warning')).toContain('labels and annotations are not kept');
    expect(other.json.metadata).not.toHaveProperty('annotations');
  });
});
