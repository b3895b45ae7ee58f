import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ROOT, readMarkdown } from '../test/docs/markdown.ts';
import { approve } from '../test/identity/device/support.ts';
import { createBrowserLike } from '../test/identity/support/browser-like.ts';
import { type BlockShell, openBlockShell } from './support/block-shell.ts';
import { collect } from './support/collect.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { openSigningBrowser, type SigningBrowser } from './support/signing-browser.ts';

interface Page {
  readonly file: string;
  readonly before: Readonly<Record<string, string>>;
  readonly only?: 'sh';
}

/**
 * Runs the commands of pages about a product that is there already: it is started once, and an administrator sits at the
 * terminal, logged in where a section does not begin with that. Every `sh` block must succeed, and every `$ command` of a
 * `console` block must print what is shown. `before`: what the reader of a section has, beside a login.
 */
const PAGES: readonly Page[] = [
  {
    file: 'docs/how-to/kubectl-plugin.md',
    before: {
      'Come from kubelogin, or from a portal that hands out tokens': `kubectl config set-credentials old --exec-command=kubectl \\
  --exec-api-version=client.authentication.k8s.io/v1 --exec-interactive-mode=IfAvailable --exec-arg=oidc-login --exec-arg=get-token \\
  --exec-arg=--oidc-issuer-url=https://sso.example.com --exec-arg=--oidc-client-id=kubectl
kubectl config set-context old --user=old --cluster=sallyport`,
    },
  },
  {
    file: 'docs/how-to/client-policy.md',
    before: {
      'Try it first': `echo secret > /etc/sallyport/grafana
{ grep -v '^staticClients' config/demo.yaml | sed 's/\\[developers\\]/[oncall]/'; cat page.yaml; } > sallyport.yaml; cp -r config/demo .`,
    },
  },
  {
    file: 'docs/how-to/dex.md',
    before: {
      '': `cat > dex.yaml <<'END'
issuer: http://127.0.0.1:5556/dex
storage:
  type: memory
web:
  http: 127.0.0.1:5556
enablePasswordDB: true

grpc:
  addr: 127.0.0.1:5557
connectors:
  - type: ldap
    id: ldap
    name: LDAP
END`,
    },
  },
  {
    file: 'docs/how-to/other-credentials.md',
    before: {
      'Client certificates':
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout clients-ca.key -subj '/CN=clients' -out clients-ca.crt",
    },
  },
  {
    file: 'docs/how-to/real-cluster.md',
    before: {
      "2. On the gateway's machine: the token and the CA": 'kubectl apply -f page.yaml',
      '4. The policy': 'cp -r config/demo/rbac rbac',
    },
  },
  { file: 'docs/how-to/client-credentials.md', before: {} },
  // Its transcript is for the test of the webhooks.
  { file: 'docs/how-to/webhooks.md', before: {}, only: 'sh' },
  // Nobody is logged in after it.
  { file: 'docs/how-to/keys.md', before: {} },
];

let sallyport: Sallyport;
let home: string;
let browser: SigningBrowser;
let env: NodeJS.ProcessEnv;
let shell: BlockShell;
let adapt: (text: string) => string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sallyport-docs-'));
  const desk = join(home, 'desk');
  mkdirSync(join(home, 'etc'));
  writeFileSync(join(home, 'etc/ci'), randomBytes(32).toString('hex'));
  const ci = readMarkdown('docs/how-to/client-credentials.md').blocks[0]?.text ?? '';
  sallyport = await startSallyport((text) =>
    text.replace('staticClients: []', ci.replace('/run/secrets', join(home, 'etc'))),
  );
  mkdirSync(join(home, 'bin'));
  cpSync(join(ROOT, 'config'), join(desk, 'config'), { recursive: true });
  symlinkSync(inject('kubectl')['1.35'], join(home, 'bin/kubectl'));
  browser = await openSigningBrowser(home, 'admin@example.com');
  env = {
    HOME: home,
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    PATH: `${join(home, 'bin')}:${join(ROOT, 'bin')}:${process.env['PATH']}`,
    BROWSER: browser.program,
  };
  shell = openBlockShell(home, desk, env);
  adapt = (text) =>
    text
      .replaceAll('https://sso.example.com', sallyport.issuer)
      .replaceAll(/\/(?:etc\/sallyport|run\/secrets)/g, join(home, 'etc'));
});

afterAll(async () => {
  browser?.close();
  await sallyport?.dispose();
  rmSync(home, { recursive: true, force: true });
});

async function succeed(script: string): Promise<void> {
  const { code, output } = await shell.run(adapt(script));
  expect(code, output).toBe(0);
}

describe.each(PAGES)('$file', ({ file, before, only }) => {
  const { blocks, prose } = readMarkdown(file);
  const commands = blocks.filter(({ language }) => language === 'sh' || (language === 'console' && !only));
  const sections = Map.groupBy(commands, ({ line }) => headingOf(prose, line));

  it('has the sections that something is made ready for', () => {
    expect([...sections.keys()]).toEqual(expect.arrayContaining(Object.keys(before)));
  });

  it.each([...sections])('%s', async (heading, run) => {
    writeFileSync(
      join(home, 'desk/page.yaml'),
      adapt(blocks.find(({ language }) => language === 'yaml')?.text ?? ''),
    );
    const [first] = run;
    if (!first?.text.startsWith('kubectl sallyport login http')) await succeed('kubectl sallyport login');
    await succeed(before[heading] ?? ':');
    for (const { language, text } of run) {
      if (language === 'sh') await succeed(text);
      else
        for (const { command, shown } of transcriptOf(text)) {
          const { output } = await shell.type(adapt(command));
          expect(output.trimEnd(), `$ ${command}`).toBe(adapt(shown));
        }
    }
  });
});

describe('where there is no browser, as docs/how-to/kubectl-plugin.md says', () => {
  const { blocks } = readMarkdown('docs/how-to/kubectl-plugin.md');
  const lines = blocks.flatMap(({ language, text }) =>
    language === 'bash' && text.includes('--flow=') ? text.split('\n') : [],
  );

  it('there are three ways', () => {
    expect(lines).toHaveLength(3);
  });

  it.each(lines)('%s', async (line) => {
    const child = spawn('bash', ['-c', line], { env });
    const ended = new Promise<number | null>((done) => void child.once('exit', done));
    const said = await collect(child).until(/https?:\/\/\S+\n(?:\n {2}Code: (\S+))?/);
    const [url = '', code] = said.split(/\s+(?:Code: )?/);
    const person = createBrowserLike(sallyport.issuer);
    if (code) await approve(person, { verification_uri: url, user_code: code });
    else if (line.includes('paste')) child.stdin.end(`${await signIn(url)}\n`);
    else await fetch(await signIn(url));
    expect(await ended).toBe(0);
  });

  /** @returns the address that the browser ends at */
  async function signIn(url: string): Promise<string> {
    const person = createBrowserLike(sallyport.issuer);
    const login = await person.open(url);
    const fields = { username: 'admin@example.com', password: 'password' };
    return (await person.submit(login, fields, '/login')).url;
  }
});

/** The heading of the second rank that a line is under; '' above the first. */
function headingOf(prose: readonly string[], line: number): string {
  const heading = prose.slice(0, line).findLast((text) => text.startsWith('## '));
  return heading?.slice(3) ?? '';
}

function transcriptOf(text: string): { command: string; shown: string }[] {
  const parts = text.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const [command = '', ...shown] = part.split('\n');
    return { command, shown: shown.join('\n').trimEnd() };
  });
}
