import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Door,
  jane,
  loopback,
  openDoor,
  postToken,
  signInFor,
  webClient,
} from '../../identity/support/door.ts';
import { openAdminTerminal } from '../support/admin-terminal.ts';

const url = 'https://app.example/x';
let door: Door;
let admin: Awaited<ReturnType<typeof openAdminTerminal>>;

beforeAll(async () => {
  const odd = { id: url, public: true, redirectURIs: [`${url}/callback`] };
  const registration = { initialAccessToken: undefined, maxClients: 10, unusedFor: 3_600_000 };
  door = await openDoor({ clients: [webClient, odd], signer: { algorithm: 'ES256' }, registration });
  admin = await openAdminTerminal({ identity: door.identity });
});
afterAll(async () => {
  await admin.close();
  await door.close();
});

async function ok(line: string): Promise<string> {
  const { code, stdout, stderr } = await admin.type(line);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

async function signedIn(): Promise<void> {
  const parameters = { redirect_uri: loopback, scope: 'openid offline_access' };
  await signInFor(await door.relyingParty('kubectl'), door.browser(), parameters);
}

describe('sallyport sessions', () => {
  it("lists everybody's or one user's, and ends them", async () => {
    await signedIn();
    expect(await ok('sessions list --no-headers')).toMatch(/^\S+ +jane@example\.com +Application +kubectl /m);
    const ids = (await ok('sessions list --user jane -o name')).trim().split('\n');
    expect(ids).toHaveLength(2);
    const [first = ''] = ids.map((id) => id.replace('session.sallyport.dev/', ''));
    expect(await admin.type(`sessions end -- ${first}`)).toMatchObject({
      code: 0,
      stdout: `session.sallyport.dev/${first} ended\n`,
    });
    await ok('sessions end --user jane@example.com');
    expect(await door.identity.sessions.list(jane.userID)).toEqual([]);
    const none = await admin.type('sessions list');
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: 'No resources found\n' });
  });

  it('ends none that was not named', async () => {
    const { code, stderr } = await admin.type('sessions end');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: name the sessions that are to end, or their user with --user\n',
    });
  });
});

describe('sallyport users reset-factors', () => {
  it('takes the second factors of anybody away', async () => {
    expect(await ok('users reset-factors jane')).toBe('user.sallyport.dev/id-jane had no factors\n');
  });
});

describe('sallyport keys', () => {
  it('lists and rotates them', async () => {
    const [before] = door.identity.keys.list();
    expect(await ok('keys list --no-headers')).toMatch(new RegExp(`^${before?.kid} +ES256 +Signing `));
    const rotated = await ok('keys rotate');
    const [now] = door.identity.keys.list();
    expect(rotated).toBe(`signingkey.sallyport.dev/${now?.kid} signs now\n`);
    await signedIn();
    await ok('keys rotate --revoke');
    expect(door.identity.keys.list()).toHaveLength(1);
    expect((await door.identity.sessions.page({ limit: 1 })).items).toEqual([]);
  });
});

describe('sallyport clients', () => {
  it('shows them by their ids, without secrets', async () => {
    const all = await ok('clients list -o yaml');
    expect(all).not.toContain(webClient.secret);
    expect(await ok('clients get web --no-headers')).toMatch(/^web +Web App +false +Static$/m);
    expect(await ok(`clients get ${url} -o json`)).toContain(`"clientID": "${url}"`);
    expect((await admin.type('clients get other')).stderr).toBe('error: there is no client "other"\n');
  });

  it('removes those that have registered themselves', async () => {
    const answer = await fetch(`${door.issuer}/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://app.example/cb'] }),
    });
    const { client_id: id } = (await answer.json()) as { readonly client_id: string };
    expect(await ok('clients list --no-headers')).toMatch(
      new RegExp(`^${id} +${id} +false +Registered$`, 'm'),
    );
    expect(await ok(`clients delete ${id}`)).toBe(`oauthclient.sallyport.dev/${id} deleted\n`);
    expect(door.identity.hasClient(id)).toBe(false);
    expect((await admin.type('clients delete web')).stderr).toContain(
      'it is changed in the configuration file',
    );
  });

  it('makes one, changes it, and tells its secrets once', async () => {
    const redirect = '--redirect-uri https://wiki.example/cb';
    const made = await ok(`clients create wiki --name Wiki ${redirect}`);
    const told =
      /^oauthclient\.sallyport\.dev\/wiki created; its secret, which is told this once:\n(\S{43})\n$/;
    const secret = told.exec(made)?.[1] ?? '';
    expect(await errorOf('wiki', secret)).toBe('invalid_grant');
    expect(await ok('clients get wiki -o yaml')).not.toContain(secret);
    expect(await ok('clients update wiki --name Other --redirect-uri https://other.example/cb')).toBe(
      'oauthclient.sallyport.dev/wiki updated\n',
    );
    expect(JSON.parse(await ok('clients get wiki -o json')).spec).toMatchObject({
      name: 'Other',
      redirectURIs: ['https://other.example/cb'],
      grantTypes: ['authorization_code', 'refresh_token'],
    });
    const rotated = JSON.parse(await ok('clients rotate-secret wiki -o json')).status.secret;
    expect([await errorOf('wiki', secret), await errorOf('wiki', rotated)]).toEqual([
      'invalid_client',
      'invalid_grant',
    ]);
    expect(await ok('clients delete wiki')).toBe('oauthclient.sallyport.dev/wiki deleted\n');
  });

  it('takes all that the configuration file has, by flags and from a file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-clients-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'team.yaml');
    await writeFile(file, 'allowedGroups: [none]\nclaimMappings: [{ claim: role, expression: "\'x\'" }]\n');
    const uri = '--redirect-uri https://team.example/cb';
    await ok(`clients create team ${uri} --spec ${file} --allowed-group oncall --trusted-peer web`);
    const shown = async () => JSON.parse(await ok('clients get team -o json')).spec;
    const claimMappings = [{ claim: 'role', expression: "'x'" }];
    expect(await shown()).toMatchObject({ allowedGroups: ['oncall'], trustedPeers: ['web'], claimMappings });
    await writeFile(file, '{"allowedGroups": null, "groupFilter": {"prefix": "on"}}');
    await ok(`clients update team --spec ${file} --backchannel-logout-uri https://team.example/out`);
    const after = await shown();
    expect(after).toMatchObject({
      claimMappings,
      groupFilter: { prefix: 'on' },
      backchannelLogoutURI: 'https://team.example/out',
    });
    expect(after).not.toHaveProperty('allowedGroups');
    for (const [content, why] of [
      ['[1]', 'expected keys and values'],
      ['a: [', 'team.yaml: '],
    ] as const) {
      await writeFile(file, content);
      expect(await admin.type(`clients update team --spec ${file}`)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(why),
      });
    }
    const wrong = await admin.type('clients update team --mfa-chain other');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('spec.mfaChain[0]')]);
    const missing = await admin.type(`clients update team --spec ${directory}/none`);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('ENOENT')]);
  });

  it('makes public ones, with an id that is drawn; refuses what cannot be', async () => {
    const made = JSON.parse(await ok('clients create --public --redirect-uri http://localhost/cb -o json'));
    expect(made).toMatchObject({ spec: { public: true }, status: { hasSecret: false, source: 'Stored' } });
    expect(made.metadata.name).toMatch(/^client-/);
    const taken = await admin.type('clients create web --redirect-uri https://app.example/cb');
    expect([taken.code, taken.stderr]).toEqual([1, expect.stringContaining('staticClients')]);
    const nothing = await admin.type('clients update web');
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('say what is to change')]);
  });
});

/** What the token endpoint says of a code that there is not. */
async function errorOf(id: string, secret: string): Promise<unknown> {
  const { body } = await postToken(door, {
    grant_type: 'authorization_code',
    code: 'none',
    redirect_uri: 'https://wiki.example/cb',
    client_id: id,
    client_secret: secret,
  });
  return body['error'];
}
