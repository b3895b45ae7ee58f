import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Outcome, run, type Terminal } from './support/kubectl.ts';
import { openTerminalAs } from './support/own-kubeconfig.ts';
import { type RecordedCommand, readRecordedCommands, shellWords } from './support/recorded-clients.ts';
import { writeRecordedWorld } from './support/recorded-world.ts';
import { type ClientRequest, type RecordingProxy, startRecordingProxy } from './support/recording-proxy.ts';
import { bodyDifferences } from './support/request-body.ts';
import { DOCUMENT, exchangeLine, requestLine } from './support/request-line.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';
import { startTokenIssuer, type TokenIssuer } from './support/token-issuer.ts';

/** The kubectl and helm of one vendor's package; how helm was called in the recording. */
const CLIENTS = {
  '1.32': {
    kubectl: readRecordedCommands('kubectl-1.32'),
    helm: readRecordedCommands('helm', 'layer32/helm/helm'),
    helmVersion: '3',
  },
  '1.35': {
    kubectl: readRecordedCommands('kubectl-1.35'),
    helm: readRecordedCommands('helm', 'layer/helm/helm'),
    helmVersion: '4',
  },
} as const;
const VERSIONS = ['1.32', '1.35'] as const;

interface Difference {
  readonly why: string;
  /** Where it is another than the recorded one. */
  readonly exitCode?: number;
  /** What their bodies say otherwise. */
  readonly bodies?: readonly string[];
  /** What is left of the requests for a comparison. */
  comparable?(requests: readonly string[]): readonly string[];
}

const once = (requests: readonly string[]) => [...new Set(requests)];
const without = (pattern: RegExp) => (requests: readonly string[]) =>
  requests.filter((request) => !pattern.test(request));
const UNTIL_GONE = 'kubectl watches what is not gone when it looks, which is a matter of time';
const withoutWaiting = without(/fieldSelector=metadata\.name=/);

const SCALED = 'PUT /apis/apps/v1/namespaces/default/deployments/d1/scale';

/** Where what was asked of us differs from what was asked in the recording, line by line. */
const DIFFERENCES: Readonly<Record<string, Difference>> = {
  'apply -f pod.yaml': {
    why: 'the recorded kubectl had discovery in its cache',
    comparable: without(/^GET \/apis?\?/),
  },
  'get pods --chunk-size=1': { why: 'there are more pods: a page each', comparable: once },
  'scale deploy d1 --current-replicas=3 --replicas=2': {
    why: 'a controller writes the status meanwhile, and kubectl asks again after a conflict; the recorded server had one selector for all',
    bodies: ['- selector: "app=web"', '+ selector: "app=d1"'].map((each) => `${SCALED}: ${each}`),
    comparable: once,
  },
  'drain node-1 --ignore-daemonsets --force --timeout=5s': {
    why: 'a controller runs, and its pods are evicted too; pods end with grace and are asked for until they are gone',
    comparable: (requests) => once(requests.map((each) => each.replace(/\/pods\/[^/ ]+/, '/pods/<pod>'))),
  },
  'explain pods --output=plaintext-openapiv2': {
    why: 'the recorded server had no document in protobuf; here the field is explained',
    exitCode: 0,
  },
  'top pods': {
    why: 'the recorded server had no metrics; here they are asked for',
    exitCode: 0,
    comparable: without(/^GET \/apis\/metrics\.k8s\.io\/v1beta1\/namespaces\/default\/pods$/),
  },
  'delete namespace nsx': { why: UNTIL_GONE, comparable: withoutWaiting },
  'delete pod r9 --now': { why: UNTIL_GONE, comparable: withoutWaiting },
  'delete deploy d1 --cascade=orphan': { why: UNTIL_GONE, comparable: withoutWaiting },
  'delete deploy dx --cascade=foreground': { why: UNTIL_GONE, comparable: withoutWaiting },
  'delete cm --all': {
    why: 'every namespace has the CA’s certificates here',
    comparable: without(/kube-root-ca\.crt/),
  },
};

/** What makes our world what the recorded one was at a command: there, nobody was there to schedule or to evict. */
const BEFORE: Readonly<Record<string, readonly string[]>> = {
  'create token default --duration=10m --audience=x --bound-object-kind=Pod --bound-object-name=p1': [
    'uncordon node-1',
    'taint node node-1 a-',
    'apply -f pod.yaml',
  ],
  'create namespace nsx': ['delete pod p1 --now'],
  'delete pod r9 --now': ['run r9 --image=nginx', 'wait --for=condition=Ready pod/r9 --timeout=30s'],
};

describe('what clients ask', () => {
  let issuer: TokenIssuer;
  const worlds: {
    readonly sallyport: Sallyport;
    readonly proxy: RecordingProxy;
    readonly terminal: Terminal;
  }[] = [];
  const outcomes = new Map<string, Outcome & { readonly requests: readonly ClientRequest[] }>();

  beforeAll(async () => {
    issuer = await startTokenIssuer();
    await Promise.all(VERSIONS.map(playVersion));
  });

  afterAll(async () => {
    for (const { sallyport, proxy, terminal } of worlds) {
      await terminal.dispose();
      proxy.close();
      await sallyport.dispose();
    }
    issuer?.close();
  });

  async function playVersion(version: (typeof VERSIONS)[number]): Promise<void> {
    const sallyport = await startSallyport((config) => config, {
      files: { 'config/demo/authentication.yaml': issuer.authenticationConfiguration },
    });
    const proxy = await startRecordingProxy(sallyport);
    const user = { token: await issuer.token('root', ['platform-admins']) };
    const kubectl = inject('kubectl')[version];
    const terminal = await openTerminalAs({ ...sallyport, gateway: proxy.url }, kubectl, user);
    worlds.push({ sallyport, proxy, terminal });
    await writeRecordedWorld(terminal.home);

    const play = (program: string, line: string, home = terminal.home) => {
      const words = shellWords(line).map((word) =>
        /^[\w-]+\.yaml$|^chart$/.test(word) ? join(terminal.home, word) : word.replace(/^node-1$/, NODE),
      );
      return run(program, words, { ...terminal.env, HOME: home });
    };
    const playAll = async (program: string, commands: readonly RecordedCommand[], home?: string) => {
      for (const [index, { line }] of commands.entries()) {
        for (const before of BEFORE[line] ?? []) await play(kubectl, before);
        proxy.take();
        const outcome = await play(program, line, home);
        outcomes.set(`${program} ${index}`, { ...outcome, requests: proxy.take() });
      }
    };
    await play(kubectl, 'config set-context --current --namespace=default');
    // With caches of its own, as Helm below.
    const before = join(terminal.home, 'before');
    await play(kubectl, 'apply -f world.yaml', before);
    await play(kubectl, 'wait --for=condition=Ready pod/web-0 --timeout=30s', before);
    await playAll(kubectl, CLIENTS[version].kubectl);
    await playAll(
      inject('helm')[CLIENTS[version].helmVersion],
      CLIENTS[version].helm,
      join(terminal.home, 'helm'),
    );
    for (const [step, line] of Object.entries(WAITING)) {
      proxy.take();
      const helm = inject('helm')[CLIENTS[version].helmVersion];
      const outcome = await play(helm, `${line} --wait --timeout=60s`, join(terminal.home, 'helm'));
      outcomes.set(`${step} ${version}`, { ...outcome, requests: proxy.take() });
    }
  }

  it('differs only in what was recorded', () => {
    const lines = new Set(VERSIONS.flatMap((version) => CLIENTS[version].kubectl.map(({ line }) => line)));
    expect([...Object.keys(DIFFERENCES), ...Object.keys(BEFORE)].filter((line) => !lines.has(line))).toEqual(
      [],
    );
    expect(lines.size).toBe(80);
  });

  describe.each(VERSIONS)('as kubectl %s', (version) => {
    compare(CLIENTS[version].kubectl, () => inject('kubectl')[version]);
  });
  describe.each(VERSIONS)('as the helm beside kubectl %s', (version) => {
    compare(CLIENTS[version].helm, () => inject('helm')[CLIENTS[version].helmVersion]);
  });

  // How often is a matter of time.
  it.each(VERSIONS.flatMap((version) => Object.keys(WAITING).map((step) => [version, step] as const)))(
    'the helm beside kubectl %s waits for what it has to %s',
    (version, step) => {
      const { code, stderr, requests } = outcomes.get(`${step} ${version}`)!;
      expect(code, stderr).toBe(0);
      const lines = requests.map((each) => exchangeLine(each, NAMES));
      const last = lines.findLastIndex((line) => /^(?:POST|PATCH) .*deployments/.test(line));
      const awaited = once(lines.slice(last + 1)).filter((each) => !MATTER_OF_TIME[version].test(each));
      expect(awaited.toSorted()).toEqual(
        [...AWAITED[version], ...RELEASES[step as keyof typeof RELEASES]].toSorted(),
      );
    },
  );

  function compare(commands: readonly RecordedCommand[], program: () => string): void {
    const seen = (index: number) => outcomes.get(`${program()} ${index}`)!;

    it.each(commands.map((command, index) => [command.line, command, index] as const))(
      '%s',
      (line, recorded, index) => {
        const {
          why,
          exitCode = recorded.exitCode,
          comparable = (each: readonly string[]) => each,
          bodies = [],
        } = DIFFERENCES[line] ?? {};
        const { code, stderr, requests } = seen(index);
        expect(code, stderr).toBe(exitCode);
        const lines = (all: readonly ClientRequest[]) =>
          comparable(all.map((each) => requestLine(each, NAMES))).filter((each) => !DOCUMENT.test(each));
        expect(lines(requests), why).toEqual(lines(recorded.requests));
        expect(differencesOfBodies(requests, recorded.requests), why).toEqual(bodies);
      },
    );

    // A document whose hash is in its address is kept for ever; the recorded server's were others each time.
    it('asks for each document once', () => {
      const documents = (all: readonly ClientRequest[]) =>
        all.map((each) => requestLine(each, NAMES)).filter((each) => DOCUMENT.test(each));
      const asked = commands.flatMap((_, index) => documents(seen(index).requests));
      expect(asked.toSorted()).toEqual(
        once(commands.flatMap(({ requests }) => documents(requests))).toSorted(),
      );
    });
  }
});

/** What the bodies say that were recorded, of each request the first of its like. */
function differencesOfBodies(
  requests: readonly ClientRequest[],
  recorded: readonly ClientRequest[],
): readonly string[] {
  const left = requests.map((each) => ({ line: requestLine(each, NAMES), body: each.body }));
  return recorded.flatMap((each) => {
    if (each.body === undefined) return [];
    const line = requestLine(each, NAMES);
    const at = left.findIndex((one) => one.line === line);
    const [seen] = at < 0 ? [] : left.splice(at, 1);
    return seen === undefined ? [] : bodyDifferences(seen.body, each.body).map((text) => `${line}: ${text}`);
  });
}

const NODE = 'sallyport-node';
const NAMES = { [NODE]: 'node-1' };

const WATCH =
  'allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=<timeoutSeconds>&watch=true';
const release = (revision: number) =>
  `PUT /api/v1/namespaces/default/secrets/sh.helm.release.v1.waited.v${revision} application/vnd.kubernetes.protobuf as protobuf`;
/** What is kept of the release in the end. */
const RELEASES = { install: [release(1)], upgrade: [release(1), release(2)] } as const;
const WAITING = {
  install: 'install waited chart',
  upgrade: 'upgrade waited chart --set image=nginx:2',
} as const;
/** Helm 4 asks for pods where something is not ready yet; at times it asks for the kinds of a version before. */
const MATTER_OF_TIME = {
  '1.32': /^$/,
  '1.35': /^GET \/apis?\/(?:apps\/)?v1(?:$|\/.*\/(?:replicasets|pods)\?labelSelector=)/,
} as const;

/** What each helm asks until a chart's objects are ready: helm 3 one object after the other, helm 4 whole kinds. */
const AWAITED = {
  '1.32': [
    'GET /api/v1/namespaces/default/services/waited-svc as protobuf',
    'GET /apis/apps/v1/namespaces/default/deployments/waited-dep as protobuf',
    'GET /apis/apps/v1/namespaces/default/replicasets?labelSelector=app=demo as protobuf',
  ],
  '1.35': [
    'GET /api as APIGroupDiscoveryList',
    'GET /apis as APIGroupDiscoveryList',
    `GET /api/v1/namespaces/default/configmaps?${WATCH}`,
    `GET /api/v1/namespaces/default/services?${WATCH}`,
    `GET /apis/apps/v1/namespaces/default/deployments?${WATCH}`,
  ],
} as const;
