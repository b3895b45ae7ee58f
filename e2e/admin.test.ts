import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { bin } from './support/installed.ts';
import { KUBECTL_VERSIONS, openTerminal, run, type Terminal } from './support/kubectl.ts';
import { loginPlainly } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

const PASSWORD = 'correct horse battery';

/** Everything at the level that tells most. */
const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
  - level: RequestResponse
    resources:
      - { group: sallyport.dev, resources: [users, users/password, users/reset, groups, oauthclients/secret] }
  - level: RequestResponse
`;

const GRANT_TYPES = 'oauth2: { grantTypes: [authorization_code, refresh_token, client_credentials] }\n';

describe.each(KUBECTL_VERSIONS)('the admin API with kubectl %s', (version) => {
  let sallyport: Sallyport;
  let admin: Terminal;
  let jane: Terminal;
  let amy: Terminal;
  let name = '';
  /** Of clients, which no log may have. */
  const secrets: string[] = [];

  beforeAll(async () => {
    const audit = '  audit: { policyFile: ../audit.yaml, log: { path: ../audit.log } }\n';
    const files = { 'audit.yaml': POLICY };
    sallyport = await startSallyport((text) => GRANT_TYPES + text + audit, { files });
    const program = inject('kubectl')[version];
    [admin, jane, amy] = await Promise.all([
      openTerminal(sallyport, program),
      openTerminal(sallyport, program),
      openTerminal(sallyport, program),
    ]);
    await loginPlainly(admin, 'admin@example.com');
    await loginPlainly(jane, 'jane');
  });

  afterAll(async () => {
    await Promise.all([admin, jane, amy].map((terminal) => terminal?.dispose()));
    await sallyport?.dispose();
  });

  async function ok(terminal: Terminal, input: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await terminal.kubectlWith(input, ...args);
    expect(code, `kubectl ${args.join(' ')}: ${stderr}`).toBe(0);
    return stdout;
  }

  /** What the plugin has kept of the person's login. */
  async function credentialsOf({ home }: Terminal): Promise<{ token: string; refreshToken: string }> {
    const directory = join(home, '.kube/cache/sallyport');
    const [file = ''] = (await readdir(directory)).filter((entry) => entry.endsWith('.json'));
    const { idToken, refreshToken } = JSON.parse(await readFile(join(directory, file), 'utf8'));
    return { token: idToken, refreshToken };
  }

  async function statusOf(token: string): Promise<number> {
    const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode, body } = await request(`${sallyport.gateway}/api/v1/namespaces/dev/pods`, {
      headers,
      dispatcher,
    });
    await body.dump();
    await dispatcher.close();
    return statusCode;
  }

  it('is in discovery and explained', async () => {
    const kinds = await ok(admin, '', 'api-resources', '--api-group=sallyport.dev', '--no-headers');
    expect(kinds).toMatch(/^users +sallyport\.dev\/v1 +false +User$/m);
    const keys = await ok(admin, '', 'get', 'signingkeys', '--no-headers');
    expect(keys).toMatch(/^\S+ +RS256 +Signing /m);
    expect(await ok(admin, '', 'get', 'oauthclients', '-o', 'name')).toBe(
      'oauthclient.sallyport.dev/kubectl\n',
    );
    const explained = await ok(admin, '', 'explain', 'users.spec', '--api-version=sallyport.dev/v1');
    expect(explained).toMatch(/disabled\s+<boolean>/);
    expect(explained).toMatch(/email\s+<string> -required-/);
    const byVersion2 = ['explain', 'users.spec', '--output=plaintext-openapiv2'];
    expect(await ok(admin, '', ...byVersion2)).toMatch(/email\s+<string> -required-/);
  });

  it('refuses who was given no right', async () => {
    const { code, stderr } = await jane.kubectl('get', 'users.sallyport.dev');
    expect(code).toBe(1);
    expect(stderr).toContain(
      'users.sallyport.dev is forbidden: User "jane" cannot list resource "users" in API group "sallyport.dev" at the cluster scope',
    );
  });

  it('makes a group and a user in it, who then signs in and works', async () => {
    await ok(
      admin,
      'apiVersion: sallyport.dev/v1\nkind: Group\nmetadata: {name: developers}\n',
      'create',
      '-f',
      '-',
    );
    const spec = 'spec: {email: amy@example.com, preferredUsername: amy, groups: [developers]}';
    const made = await ok(
      admin,
      `apiVersion: sallyport.dev/v1\nkind: User\nmetadata: {generateName: user-}\n${spec}\n`,
      ...['create', '-f', '-', '-o', 'name'],
    );
    name = made.trim().replace('user.sallyport.dev/', '');
    const password = JSON.stringify({ spec: { password: PASSWORD } });
    const path = `/apis/sallyport.dev/v1/users/${name}/password`;
    await ok(admin, password, 'create', '--raw', path, '-f', '-');
    const selector = '--field-selector=spec.email=amy@example.com';
    const table = await ok(admin, '', 'get', 'users.sallyport.dev', selector, '--no-headers');
    expect(table).toMatch(new RegExp(`^${name} +amy@example\\.com +amy +developers +false +Stored `));
    await loginPlainly(amy, 'amy', PASSWORD);
    await ok(amy, '', 'get', 'pods', '-n', 'dev');
    const sessions = await ok(admin, '', 'get', 'sessions', '--no-headers');
    expect(sessions).toMatch(/^\S+ +amy@example\.com +Application +kubectl /m);
  });

  it('disables a user, whose next request and refresh are refused', async () => {
    const { token, refreshToken } = await credentialsOf(amy);
    expect(await statusOf(token)).toBe(200);
    const patch = JSON.stringify({ spec: { disabled: true } });
    // Not by its name alone: kubectl then begins anew after the first look, and leaves out what it is told first.
    const one = `--field-selector=metadata.name=${name}`;
    const watch = admin.spawnKubectl('get', 'users.sallyport.dev', one, '-w', '--no-headers');
    let seen = '';
    watch.stderr?.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    const sees = new Promise<void>((done, failed) => {
      watch.once('exit', (code) => failed(new Error(`kubectl has ended with ${code}: ${seen}`)));
      watch.stdout?.setEncoding('utf8').on('data', (text: string) => {
        seen += text;
        if (/ true +Stored /.test(seen)) done();
      });
    });
    await ok(admin, '', 'patch', 'users.sallyport.dev', name, '--type=merge', '-p', patch);
    expect(await statusOf(token)).toBe(401);
    await sees;
    watch.kill();
    const refresh = await fetch(`${sallyport.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'kubectl',
        refresh_token: refreshToken,
      }),
    });
    expect([refresh.status, await refresh.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
    const edited = await ok(admin, '', 'get', 'users.sallyport.dev', name, '-o', 'jsonpath={.spec.disabled}');
    expect(edited).toBe('true');
  });

  /** What the client gets for itself. */
  async function tokenFor(id: string, secret: string): Promise<readonly unknown[]> {
    const answer = await fetch(`${sallyport.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { error, token_type } = (await answer.json()) as Record<string, unknown>;
    return [answer.status, error ?? token_type];
  }

  it('makes a client, gives it another secret and deletes it', async () => {
    const clients = async (...args: string[]) => {
      const { code, stdout, stderr } = await run(join(bin, 'sallyport'), ['clients', ...args], admin.env);
      expect(code, stderr).toBe(0);
      return stdout;
    };
    const made = await clients('create', 'robot', '--name', 'Robot', '--grant-type', 'client_credentials');
    expect(made).toMatch(/^oauthclient\.sallyport\.dev\/robot created; .*\n\S{43}\n$/);
    const first = made.trim().split('\n').at(-1) ?? '';
    expect(await tokenFor('robot', first)).toEqual([200, 'Bearer']);
    const second = JSON.parse(await clients('rotate-secret', 'robot', '-o', 'json')).status.secret;
    expect(await tokenFor('robot', first)).toEqual([401, 'invalid_client']);
    expect(await tokenFor('robot', second)).toEqual([200, 'Bearer']);
    secrets.push(first, second);
    const patch = JSON.stringify({ spec: { name: 'Other' } });
    await ok(admin, '', 'patch', 'oauthclients', 'robot', '--type=merge', '-p', patch);
    const shown = await ok(admin, '', 'get', 'oauthclients', 'robot', '-o', 'yaml');
    expect(shown).toContain('name: Other');
    expect(shown).not.toContain(second);
    await ok(admin, '', 'delete', 'oauthclients', 'robot');
    expect(await tokenFor('robot', second)).toEqual([401, 'invalid_client']);
  });

  it('applies a client, edits it and writes back what it reads; what is left out goes', async () => {
    const client = (more: string, version2 = '') =>
      'apiVersion: sallyport.dev/v1\nkind: OAuthClient\n' +
      `metadata: {name: shop${version2}}\nspec: {redirectURIs: ['https://shop.example/cb']${more}}\n`;
    const apply = (input: string, ...args: string[]) => ok(admin, input, 'apply', '-f', '-', ...args);
    const shown = async () => JSON.parse(await ok(admin, '', 'get', 'oauthclients', 'shop', '-o', 'json'));
    const whole = client(', trustedPeers: [kubectl], allowedGroups: [developers]');
    expect(await apply(whole, '--dry-run=server')).toBe(
      'oauthclient.sallyport.dev/shop created (server dry run)\n',
    );
    expect(await apply(whole)).toBe('oauthclient.sallyport.dev/shop created\n');
    expect(await apply(whole)).toBe('oauthclient.sallyport.dev/shop unchanged\n');
    expect(await apply(client(', trustedPeers: [kubectl]'))).toBe(
      'oauthclient.sallyport.dev/shop configured\n',
    );
    const applied = await shown();
    expect(applied.spec).toMatchObject({ trustedPeers: ['kubectl'] });
    expect(applied.spec).not.toHaveProperty('allowedGroups');
    const yaml = await ok(admin, '', 'get', 'oauthclients', 'shop', '-o', 'yaml');
    expect(await apply(yaml)).toBe('oauthclient.sallyport.dev/shop configured\n');
    expect((await shown()).spec).toEqual(applied.spec);
    const edit = { ...admin.env, KUBE_EDITOR: "sed -i '/^spec:/,$ s/ name: shop/ name: Shop/'" };
    const edited = await run(inject('kubectl')[version], ['edit', 'oauthclients', 'shop'], edit);
    expect([edited.code, edited.stdout]).toEqual([0, 'oauthclient.sallyport.dev/shop edited\n']);
    const stale = await admin.kubectlWith(JSON.stringify(applied), 'replace', '-f', '-');
    expect([stale.code, stale.stderr]).toEqual([1, expect.stringContaining('the object has been modified')]);
    for (const [wrong, why] of [
      [', secret: x', 'unknown field "spec.secret"'],
      [", claimMappings: [{claim: role, expression: 'claims.'}]", 'CEL, at 1:'],
      [', mfaChain: [none]', 'spec.mfaChain[0]'],
    ] as const) {
      const refused = await admin.kubectlWith(client(wrong, '2'), 'create', '-f', '-');
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(why)]);
    }
    await ok(admin, '', 'delete', 'oauthclients', 'shop');
  });

  it('deletes the user and the group', async () => {
    await ok(admin, '', 'delete', 'users.sallyport.dev', name);
    await ok(admin, '', 'delete', 'groups.sallyport.dev', 'developers');
    const { stderr } = await admin.kubectl('get', 'users.sallyport.dev', name);
    expect(stderr).toContain(`users.sallyport.dev "${name}" not found`);
  });

  it('is in the audit log with who did what, and without any password or secret', async () => {
    const log = await readFile(join(sallyport.directory, 'audit.log'), 'utf8');
    for (const secret of [PASSWORD, ...secrets]) {
      expect(log).not.toContain(secret);
      expect(sallyport.stdout() + sallyport.stderr()).not.toContain(secret);
    }
    const events = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ended = events.filter(
      ({ stage, objectRef }) => stage === 'ResponseComplete' && objectRef?.apiGroup === 'sallyport.dev',
    );
    const written = ended
      .filter(({ verb }) => !['get', 'list', 'watch'].includes(verb))
      .map(({ verb, user, objectRef: { resource, subresource = '' }, responseStatus }) =>
        [user.username, verb, resource, subresource, responseStatus.code].join(' ').trim(),
      );
    expect(written).toEqual([
      'admin create groups  201',
      'admin create users  201',
      'admin create users password 201',
      'admin patch users  200',
      'admin create oauthclients  201',
      'admin create oauthclients secret 201',
      'admin create oauthclients secret 201',
      'admin patch oauthclients  200',
      'admin delete oauthclients  200',
      'admin create oauthclients  201',
      'admin create oauthclients  201',
      'admin patch oauthclients  200',
      'admin patch oauthclients  200',
      'admin patch oauthclients  200',
      'admin update oauthclients  409',
      'admin create oauthclients  400',
      'admin create oauthclients  422',
      'admin create oauthclients  422',
      'admin delete oauthclients  200',
      'admin delete users  200',
      'admin delete groups  200',
    ]);
  });
});
