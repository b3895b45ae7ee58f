import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, fetch } from 'undici';
import { startEtcd } from './etcd.ts';
import { freePort } from './free-port.ts';

/** Who the API server knows by a token, which is also the name: token, user, UID, groups. */
const TOKENS = 'admin,admin,admin-uid,"system:masters"\nboss,boss,boss-uid,"bosses"\nplain,plain,plain-uid\n';

export interface KubeApiServer {
  readonly url: string;
  /** PEM of who has signed its certificate. */
  readonly ca: string;
  /** Where the files are that its flags name. */
  readonly directory: string;
  /** A kubeconfig with one of the tokens that it knows. */
  kubeconfig(token: string): string;
  /** Ends it where it stands and starts it again on the same objects, with these flags too. */
  restart(flags?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** A real kube-apiserver with RBAC, on an etcd of its own. Nothing else is there: no controllers, no nodes. */
export async function startKubeApiServer(program: string, etcdProgram: string): Promise<KubeApiServer> {
  const directory = mkdtempSync(join(tmpdir(), 'kube-apiserver-'));
  const place = (name: string) => join(directory, name);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(place('sa.key'), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(place('tokens.csv'), TOKENS, { mode: 0o600 });
  const etcd = await startEtcd(etcdProgram, { args: ['--unsafe-no-fsync'] });
  const port = await freePort();
  const url = `https://127.0.0.1:${port}`;
  const own = [
    `--etcd-servers=${etcd.endpoints[0]}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${directory}`,
    `--token-auth-file=${place('tokens.csv')}`,
    `--service-account-key-file=${place('sa.key')}`,
    `--service-account-signing-key-file=${place('sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    '--service-cluster-ip-range=10.0.0.0/16',
  ];
  let child = await start(program, url, [...own, '--authorization-mode=RBAC']);
  const caFile = place('apiserver.crt');
  const ca = readFileSync(caFile, 'utf8');
  return {
    url,
    ca,
    directory,
    kubeconfig: (token) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'here',
        contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
        clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': caFile } }],
        users: [{ name: 'u', user: { token } }],
      }),
    async restart(flags = ['--authorization-mode=RBAC']) {
      await kill(child);
      child = await start(program, url, [...own, ...flags]);
    },
    async stop() {
      await kill(child);
      await etcd.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves when it is ready. @throws Error with what it said when it has ended instead */
async function start(program: string, url: string, flags: readonly string[]): Promise<ChildProcess> {
  const child = spawn(program, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  try {
    for (;;) {
      if (child.exitCode !== null) throw new Error(said);
      const isReady = await fetch(`${url}/readyz`, { dispatcher }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return child;
      await pause(50);
    }
  } finally {
    await dispatcher.destroy();
  }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
