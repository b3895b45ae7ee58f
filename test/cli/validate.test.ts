import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { validateCommand } from '../../src/cli/validate-command.ts';

const FILES: Record<string, string> = {
  'authentication.yaml':
    'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: []\n',
  'audit.yaml': 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n',
  'wrong-audit.yaml': 'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Much }]\n',
  'none.pem': 'nonsense\n',
};

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-validate-'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(directory, name), text);
});

afterAll(() => rm(directory, { recursive: true }));

/** What the command prints for a gateway section of these lines. */
async function validate(lines: string): Promise<string> {
  const config = join(directory, 'sallyport.yaml');
  await writeFile(
    config,
    `issuer: http://127.0.0.1:1\nweb: { http: 127.0.0.1:1 }\ngateway:\n  https: 127.0.0.1:2\n  authenticationConfig: authentication.yaml\n${lines}`,
  );
  let said = '';
  const stdout = { write: (text: string) => (said += text) };
  await validateCommand.run({ config, data: directory }, { env: {}, stdout } as never, []);
  return said;
}

describe('sallyport validate', () => {
  it('reads every file that the configuration names', async () => {
    expect(await validate('  audit: { policyFile: audit.yaml, log: { path: "-" } }\n')).toContain('is valid');
  });

  it.each([
    [
      'an audit policy',
      '  audit: { policyFile: wrong-audit.yaml, log: { path: "-" } }\n',
      /wrong-audit\.yaml:3:18: rules\[0\]\.level/,
    ],
    [
      'no audit policy',
      '  audit: { policyFile: absent.yaml, log: { path: "-" } }\n',
      /gateway\.audit\.policyFile: .*absent\.yaml: no such file/,
    ],
    ['authorities', '  clientCA: none.pem\n', /gateway\.clientCA: .*none\.pem: has no PEM certificate/],
    [
      'the policy of a further cluster',
      '  clusters: [{ name: a, target: { kubeconfig: k }, rbac: { manifests: [absent] } }]\n',
      /absent/,
    ],
  ])('says what is wrong with %s', async (_name, lines, text) => {
    await expect(validate(lines)).rejects.toThrow(text);
  });
});

describe('sallyport validate, of the identity provider', () => {
  it.each([
    [
      'web: { https: ":1", tlsCert: absent.pem, tlsKey: absent.key }',
      /web\.tlsCert: absent\.pem: no such file/,
    ],
    [
      'web: { http: ":1" }\nstaticClients: [{ id: a, public: true }, { id: a, public: true }]',
      /identity\.yaml:3:48: staticClients\[1\]\.id: another client has the id a/,
    ],
    [
      'web: { http: ":1" }\nstaticClients: [{ id: a, secret: s, redirectURIs: [nonsense] }]',
      /staticClients\[0\]\.redirectURIs\[0\]: nonsense is not an absolute URI/,
    ],
  ])('says what is wrong in %s', async (text, message) => {
    const config = join(directory, 'identity.yaml');
    await writeFile(config, `issuer: http://127.0.0.1:1\n${text}\n`);
    const stdout = { write: () => undefined };
    const run = validateCommand.run({ config, data: directory }, { env: {}, stdout } as never, []);
    await expect(run).rejects.toThrow(message);
  });
});
