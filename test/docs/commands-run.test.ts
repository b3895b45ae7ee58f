import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { ROOT, readMarkdown } from './markdown.ts';

/**
 * Every command in the documents is run by a test: a block of `sh` or `console` as it stands, by the test that reads its
 * page; a block of `bash`, which has names of the reader's own or needs more than a test has, as said here.
 */
const RUN_BY: Readonly<Record<string, readonly string[]>> = {
  'README.md': ['e2e/docs.test.ts'],
  'docs/tutorial.md': ['e2e/docs.test.ts'],
  'docs/how-to/access-requests.md': ['e2e/docs.test.ts'],
  'docs/how-to/manage-users.md': ['e2e/docs.test.ts'],
  'docs/how-to/client-credentials.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/client-policy.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/dex.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/keys.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/kubectl-plugin.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/other-credentials.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/real-cluster.md': ['e2e/docs-commands.test.ts'],
  'docs/how-to/webhooks.md': ['e2e/docs-commands.test.ts', 'e2e/support/webhook-documents.ts'],
  'docs/how-to/explained-refusals.md': ['e2e/explained-403.test.ts'],
  'docs/how-to/monitor.md': ['e2e/metrics.test.ts'],
  'docs/how-to/network-policies.md': ['test/cli/netpol/can-connect.test.ts'],
  'docs/how-to/rbac-recipes.md': ['test/cli/recipes.long.test.ts', 'e2e/questions.test.ts'],
};

/** Blocks of `bash`, by page and first line: the test that does the same in other words, or why there is none. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'CONTRIBUTING.md': { 'npm ci': 'they run this' },
  'docs/how-to/access-requests.md': {
    'sallyport requests approve edit-x7k2p -n default --message "until it is up again"':
      'e2e/access-requests.test.ts',
    'kubectl apply -f config/rbac/sallyport.yaml': 'test/server/access-requests.long.test.ts',
  },
  'docs/how-to/audit.md': {
    "grep --no-filename '6IQ0qSn5…' /var/log/sallyport/identity.log /var/log/sallyport/audit.log":
      'e2e/identity-audit.test.ts',
    'sallyport suggest --audit-log /var/log/sallyport/audit.log': 'e2e/audit.test.ts',
  },
  'docs/how-to/client-credentials.md': {
    'kubectl get --raw /openid/v1/jwks > jwks.json': 'not run: it is for a real API server',
  },
  'docs/how-to/client-registration.md': {
    'sallyport clients list': 'test/cli/admin/door.test.ts',
  },
  'docs/how-to/manage-users.md': {
    'sallyport clients create wiki --name Wiki --redirect-uri https://wiki.example.com/callback':
      'e2e/admin.test.ts',
  },
  'docs/how-to/dex.md': { 'sallyport validate --config dex.yaml': 'e2e/docs-commands.test.ts' },
  'docs/how-to/kubectl-plugin.md': {
    'npm pack': 'e2e/package.test.ts',
    'npm install --global ./sallyport-0.1.0.tgz': 'e2e/package.test.ts',
    'kubectl sallyport login --flow=device-code': 'e2e/docs-commands.test.ts',
    'kubectl sallyport proxy': 'e2e/plugin.test.ts',
  },
  'docs/how-to/kubelogin.md': { 'sallyport kubeconfig > sallyport.kubeconfig': 'e2e/kubelogin.test.ts' },
  'docs/how-to/other-credentials.md': {
    "openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout maria.key -subj '/O=ops/CN=maria' -out maria.csr":
      'e2e/cluster-alone.test.ts',
    "kubectl get configmap -n kube-system extension-apiserver-authentication -o jsonpath='{.data.client-ca-file}' >> clients-ca.crt":
      'test/cluster/signing/signing.test.ts',
  },
  'docs/how-to/rbac-recipes.md': {
    'sallyport who-can get secrets -n dev -f config/demo/rbac --context sallyport': 'e2e/questions.test.ts',
  },
  'docs/how-to/replicas.md': {
    'etcdctl role add sallyport': 'not run: it needs etcdctl, and an etcd with users',
  },
  'docs/how-to/several-clusters.md': {
    'sallyport kubeconfig > main.kubeconfig': 'e2e/clusters.test.ts',
    'sallyport kubeconfig --cluster - > all.kubeconfig': 'e2e/clusters.test.ts',
  },
  'docs/how-to/tests-with-a-cluster.md': {
    'sallyport cluster': 'e2e/cluster-alone.test.ts',
    'export KUBECONFIG="$PWD/cluster.kubeconfig"': 'e2e/cluster-alone.test.ts',
  },
  'docs/how-to/webhooks.md': {
    'kubectl get --raw /.well-known/openid-configuration': 'not run: it is for a real API server',
  },
};

const blocks = globSync(['*.md', 'docs/*.md', 'docs/{how-to,explanation,adr}/*.md'], { cwd: ROOT })
  .sort()
  .flatMap((file) => readMarkdown(file).blocks.map((block) => ({ file, ...block })));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('commands in the documents', () => {
  it('as they stand are on pages that a test reads', () => {
    const pages = blocks.filter(({ language }) => language === 'sh' || language === 'console');
    expect([...new Set(pages.map(({ file }) => file))].sort()).toEqual(Object.keys(RUN_BY).sort());
    for (const [page, tests] of Object.entries(RUN_BY))
      for (const test of tests) expect(read(test), test).toContain(page);
  });

  it('in other words are run elsewhere, or it is said why not', () => {
    const own: Record<string, Record<string, string>> = {};
    for (const { file, text } of blocks.filter(({ language }) => language === 'bash')) {
      const [first = ''] = text.split('\n');
      own[file] = { ...own[file], [first]: ELSEWHERE[file]?.[first] ?? 'nobody' };
    }
    expect(own).toEqual(ELSEWHERE);
    const named = Object.values(own).flatMap((lines) => Object.values(lines));
    for (const test of named.filter((by) => by.endsWith('.ts'))) expect(read(test)).not.toBe('');
  });

  it('are in no block of another language', () => {
    const command = /^\s*(?:\$ )?(?:kubectl|sallyport|npm|npx|openssl|curl) [!-~]/m;
    const hidden = blocks.filter(
      ({ language, text }) => ['', 'text'].includes(language) && command.test(text),
    );
    expect(hidden.map(({ file, text }) => `${file}: ${text}`)).toEqual([]);
  });
});

describe('the lines of sallyport', () => {
  const lines = blocks
    .filter(({ language }) => ['sh', 'bash', 'console'].includes(language))
    .flatMap(({ file, text }) =>
      [...text.matchAll(/^(?:\$ |! )?sallyport (.+)/gm)].map(([, line = '']) => ({ file, line })),
    );

  it.each(lines)('$file: sallyport $line has flags that there are', async ({ line }) => {
    const [words = ''] = line.split(/ (?:>|\||&&|\|\||#|<<?) ?/);
    const args = [...words.matchAll(/"[^"]*"|'[^']*'|[^\s"']+/g)].map(([word]) =>
      word.replaceAll(/^["']|["']$/g, ''),
    );
    let said = '';
    const code = await runCommand([...args, '--help'], {
      env: {},
      stdin: Readable.from([]),
      stdout: { write: () => undefined },
      stderr: {
        write: (text) => {
          said += text;
        },
      },
      onStopSignal: () => undefined,
      startServer: () => Promise.reject(new Error('help starts nothing')),
      startCluster: () => Promise.reject(new Error('help starts nothing')),
    });
    expect([code, said]).toEqual([0, '']);
  });
});
