import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { getIdToken } from './support/id-token.ts';
import type { Terminal } from './support/kubectl.ts';
import { openLoggedIn } from './support/login-terminal.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

interface AuditEvent {
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user?: { readonly username: string; readonly groups: readonly string[] };
  readonly objectRef?: object;
  readonly responseStatus?: { readonly code: number };
  readonly annotations?: Readonly<Record<string, string>>;
}

const POLICY = `
apiVersion: audit.k8s.io/v1
kind: Policy
rules: [{ level: Metadata }]
`;

describe('the audit log', () => {
  let sallyport: Sallyport;
  let jane: Terminal;
  let token: string;

  beforeAll(async () => {
    sallyport = await startSallyport(
      (config) =>
        config.replace(
          '  target: embedded\n',
          '  audit: { policyFile: audit.yaml, log: { path: audit.log, durability: each } }\n  target: embedded\n',
        ),
      { files: { 'config/audit.yaml': POLICY } },
    );
    jane = await openLoggedIn(sallyport, inject('kubectl')['1.35'], 'jane');
    token = await getIdToken(sallyport, 'jane');
  });

  afterAll(async () => {
    await jane?.dispose();
    await sallyport?.dispose();
  });

  async function events(): Promise<AuditEvent[]> {
    const text = await readFile(join(sallyport.directory, 'config/audit.log'), 'utf8');
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('tells who did what, and why it was allowed or not', async () => {
    await jane.kubectl('create', 'configmap', 'noted', '-n', 'dev');
    await jane.kubectl('delete', 'pod', 'web', '-n', 'default');
    const ended = (await events()).filter(({ stage }) => stage === 'ResponseComplete');
    expect(ended.find(({ verb }) => verb === 'create')).toMatchObject({
      user: { username: 'jane', groups: ['developers', 'system:authenticated'] },
      objectRef: { resource: 'configmaps', namespace: 'dev', apiVersion: 'v1' },
      responseStatus: { code: 201 },
      annotations: {
        'authorization.k8s.io/decision': 'allow',
        'authorization.k8s.io/reason':
          'RBAC: allowed by RoleBinding "developers/dev" of ClusterRole "edit" to Group "developers"',
      },
    });
    expect(ended.find(({ verb }) => verb === 'delete')).toMatchObject({
      responseStatus: { code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    });
  });

  it('holds no token', async () => {
    const text = await readFile(join(sallyport.directory, 'config/audit.log'), 'utf8');
    expect(text).not.toContain(token.split('.')[2]);
  });

  it('feeds sallyport suggest with the least that jane needs', async () => {
    const { run } = await import('./support/kubectl.ts');
    const log = join(sallyport.directory, 'config/audit.log');
    const suggested = await run('sallyport', ['suggest', '--audit-log', log, '--user', 'jane'], jane.env);
    expect(suggested.stderr).not.toMatch(/error/i);
    expect(suggested.stdout).toMatch(/resources:\n\s+- configmaps/);
    expect(suggested.stdout).not.toContain('*');
  });
});
