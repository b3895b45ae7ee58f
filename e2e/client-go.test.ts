import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { collect } from './support/collect.ts';
import {
  type FrontedKubeApiServer,
  NAMESPACES,
  startFrontedKubeApiServer,
} from './support/fronted-kube-apiserver.ts';
import { run, type Terminal } from './support/kubectl.ts';
import { openTerminalAs } from './support/own-kubeconfig.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

const program = inject('goClient');

/** What e2e/go's `exchange` prints, whoever answers. */
const EXCHANGED = `version 1 35
conflict true
kept w [0 1 255] false
exists true
absent true
invalid true
labels map[c:d]
applied go Apply
apply conflict true
service ClusterIP true TCP http
deployment 2 1 Always 1500m 25%
scale 3 app=typed
scaled 4
job 1 6 true
event 2023-11-14T22:13:20.123456Z
pages 1 1 true
watched true applied
precondition true
done
`;

/** A client of an API server, what it takes to cut it off, and what it takes to make its last revision too old. */
interface Place {
  readonly terminal: Terminal;
  readonly namespace: string;
  /** The server that it is connected to is killed, and is there again. */
  cutOff(): Promise<void>;
  dispose(): Promise<void>;
}

async function behindTheGateway(): Promise<Place> {
  const started: FrontedKubeApiServer = await startFrontedKubeApiServer();
  const terminal = await openTerminalAs(started.sallyport(), inject('kubectl')['1.35'], { token: 'boss' });
  return {
    terminal,
    namespace: NAMESPACES.fronted,
    async cutOff() {
      await started.killAndRestart();
      // What it had in memory of the past is gone: a client that goes on from there is told that it is too old.
      await started.api.restart();
    },
    async dispose() {
      await terminal.dispose();
      await started.dispose();
    },
  };
}

async function onTheEmbeddedApi(): Promise<Place> {
  const started: TrustedTokens = await startTrustingTokens();
  const terminal = await started.open('1.35', 'root', ['platform-admins']);
  return {
    terminal,
    namespace: 'dev',
    cutOff: () => started.killAndRestart(),
    dispose: () => started.dispose(),
  };
}

/** Optional: the tests' start says aloud where it cannot be built. */
describe.skipIf(program === '').each([
  ['a kube-apiserver behind the gateway', behindTheGateway],
  ['the embedded API', onTheEmbeddedApi],
])('a program on client-go, with %s', (_, open) => {
  let place: Place;

  beforeAll(async () => {
    place = await open();
  });
  afterAll(() => place?.dispose());

  function start(...args: string[]) {
    const child = spawn(program, args, { env: place.terminal.env, stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return { ...collect(child), ended: once(child, 'exit'), kill: () => child.kill('SIGKILL') };
  }

  it('writes and reads built-in kinds in Protobuf', async () => {
    const { code, stdout, stderr } = await run(program, ['exchange', place.namespace], place.terminal.env);
    expect(stdout, stderr).toBe(EXCHANGED);
    expect(code).toBe(0);
  });

  it('has its informer see everything once, over a connection that breaks', async () => {
    const kubectl = (...args: string[]) => place.terminal.kubectl(...args, '-n', place.namespace);
    await kubectl('create', 'configmap', 'kept', '--from-literal=value=1');
    await kubectl('create', 'configmap', 'gone', '--from-literal=value=1');
    const informer = start('inform', place.namespace);
    await informer.until(/synced/);
    await kubectl('create', 'configmap', 'new', '--from-literal=value=1');
    await informer.until(/added new 1/);
    await place.cutOff();
    await kubectl('delete', 'configmap', 'gone');
    await kubectl('patch', 'configmap', 'kept', '-p', '{"data":{"value":"2"}}');
    await informer.until(/deleted gone 1/);
    await informer.until(/updated kept 2/);
    expect(informer.stdout().match(/added (kept|gone|new)/g)).toHaveLength(3);
  });

  it('has another elected when its leader dies', async () => {
    const first = start('elect', place.namespace, 'first');
    await first.until(/leading/);
    const second = start('elect', place.namespace, 'second');
    await second.until(/leader first/);
    first.kill();
    await second.until(/leading/);
    expect(second.stdout()).toMatch(/leader first\n[\s\S]*leader second/);
  });
});
