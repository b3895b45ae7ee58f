import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-claims-'));
afterAll(() => rm(directory, { recursive: true }));
const config = join(directory, 'sallyport.yaml');
const HASH = '$2a$10$WutfJlkVrOgHAtgsqQDJuunJWpKh3cJatHWTujmyVUnnaTAb7t24q';
writeFileSync(
  config,
  `issuer: https://id.example.com
web: { http: 127.0.0.1:1 }
enablePasswordDB: true
staticPasswords:
  - { email: ann@example.com, preferredUsername: ann, username: Ann, userID: u1, hash: ${HASH}, groups: [ops, team-a] }
  - { email: bob@example.com, username: Bob, userID: u2, hash: ${HASH} }
staticClients:
  - id: app
    secret: the-secret-of-app
    redirectURIs: [https://app.example/cb]
    allowedGroups: [ops]
    groupFilter: { prefix: team- }
    claimMappings:
      - { claim: role, expression: "'ops' in claims.groups ? 'Admin' : 'Viewer'" }
  - id: ruled
    public: true
    claimValidationRules:
      - { expression: "claims.name != 'Bob'", message: Not for Bob. }
      - { expression: claims.preferred_username != 'x', message: Never. }
  - id: strict
    public: true
    claimMappings: [{ claim: login, expression: claims.preferred_username }]
`,
);

async function claims(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await runCommand(['claims', '--config', config, ...args], {
    env: {},
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  } as never);
  return { code, out, err };
}

describe('sallyport claims', () => {
  it('shows what a client would be told, and what each claim comes from', async () => {
    const { code, out } = await claims('--client', 'app', '--user', 'ann', '-o', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      kind: 'ClaimsResult',
      allowed: true,
      claims: {
        iss: 'https://id.example.com',
        aud: 'app',
        sub: 'u1',
        email: 'ann@example.com',
        groups: ['team-a'],
        role: 'Viewer',
      },
      origins: {
        aud: 'the issuer',
        email: 'the account',
        groups: 'the account, by groupFilter',
        role: 'claimMappings[0]',
      },
    });
    expect(out).not.toMatch(/the-secret-of-app|\$2a\$/);
  });

  it('shows it as a table', async () => {
    const { out } = await claims('--client', 'app', '--user', 'ann@example.com', '--scope', 'openid groups');
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['CLAIM', 'VALUE', 'FROM'],
      ['iss', '"https://id.example.com"', 'the issuer'],
      ['aud', '"app"', 'the issuer'],
      ['sub', '"u1"', 'the account'],
      ['groups', '["team-a"]', 'the account, by groupFilter'],
      ['role', '"Viewer"', 'claimMappings[0]'],
      [''],
    ]);
  });

  it.each([
    ['app', 'u2', 'refused: the account is in none of the groups that may sign in to app: ops\n'],
    [
      'strict',
      'u2',
      'refused: the mapping of the claim login has no value: no such key: preferred_username\n',
    ],
    ['ruled', 'u2', 'refused: claimValidationRules[0] of ruled does not hold: Not for Bob.\n'],
  ])('says why %s would refuse %s', async (client, user, text) => {
    expect(await claims('--client', client, '--user', user)).toEqual({ code: 1, out: text, err: '' });
  });

  it('says that a client is not trusted by another', async () => {
    const scope = 'openid audience:server:client_id:app';
    const { out } = await claims('--client', 'strict', '--user', 'ann', '--scope', scope);
    expect(out).toBe('refused: strict is not trusted to ask for audience:server:client_id:app\n');
  });

  it.each([
    ['nobody', 'ann', 1, /has no client with the id "nobody"/],
    ['app', 'carl', 1, /has no account "carl" in staticPasswords/],
  ])('says what it does not know: %s, %s', async (client, user, code, text) => {
    const answer = await claims('--client', client, '--user', user);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(text);
  });

  it('needs both', async () => {
    expect(await claims('--client', 'app')).toMatchObject({ code: 2 });
  });

  it('gives kubectl everything, as the demo has it', async () => {
    const demo = resolve(import.meta.dirname, '../../config/demo.yaml');
    const { out } = await claims(
      '--config',
      demo,
      '--client',
      'kubectl',
      '--user',
      'jane',
      '--scope',
      'openid',
    );
    expect(out).toMatch(/groups +\["developers"\] +the account/);
  });
});
