import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KUBECTL_VERSIONS } from './support/kubectl.ts';
import { atTheEnd, files, ofNodes, type Row, reading, writing } from './support/matrix-rows.ts';
import { type RecordingProxy, startRecordingProxy } from './support/recording-proxy.ts';
import { requestLine } from './support/request-line.ts';
import type { KubectlVersion } from './support/tools.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

/** What a client may have asked before. */
const KEPT = /^GET \/(?:apis?\?|openapi\/v3\/)/;

interface Outcome {
  readonly code: number;
  readonly said: string;
  /** Without discovery, and documents that are kept. */
  readonly asked: readonly string[];
}

describe('what kubectl asks of an API server', () => {
  let started: TrustedTokens;
  const proxies: RecordingProxy[] = [];
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    started = await startTrustingTokens();
    const opened = await Promise.all(KUBECTL_VERSIONS.map(open));
    await Promise.all(opened.map((each) => runRows(each, [...reading, ...writing])));
    for (const each of opened) await runRows(each, ofNodes);
    await Promise.all(opened.map((each) => runRows(each, atTheEnd)));
  });

  afterAll(async () => {
    for (const proxy of proxies) proxy.close();
    await started?.dispose();
  });

  async function open(version: KubectlVersion) {
    const terminal = await started.open(version, 'root', ['platform-admins']);
    for (const [name, text] of Object.entries(files)) await writeFile(join(terminal.home, name), text);
    const namespace = `n${version.replace('.', '')}`;
    const proxy = await startRecordingProxy(started.sallyport());
    proxies.push(proxy);
    await terminal.kubectl('config', 'set-cluster', 'c', `--server=${proxy.url}`);
    await terminal.kubectl('create', 'namespace', namespace);
    await terminal.kubectl('config', 'set-context', '--current', `--namespace=${namespace}`);
    proxy.take();
    const asked = () => proxy.take().map((each) => requestLine(each, { [namespace]: 'default' }));
    return { version, terminal, asked };
  }

  /** One after the other: each row builds on those before. */
  async function runRows(
    { version, terminal, asked }: Awaited<ReturnType<typeof open>>,
    rows: readonly Row[],
  ) {
    for (const [index, [line]] of rows.entries()) {
      const words = line.replace(/^!/, '').split(' ');
      const args = words.map((word) => (word in files ? join(terminal.home, word) : word));
      const { code, stdout, stderr } = await terminal.kubectl(...args);
      outcomes.set(`${version} ${rows[0]?.[0]} ${index}`, {
        code,
        said: `${stdout}${stderr}`,
        asked: asked(),
      });
    }
  }

  const groups = {
    'reads and writes': [...reading, ...writing],
    'manages nodes': ofNodes,
    'cleans up': atTheEnd,
  };
  describe.each(KUBECTL_VERSIONS)('kubectl %s', (version) => {
    describe.each(Object.entries(groups))('%s', (_group, rows) => {
      it.each(rows.map((row, index) => [row[0], row, index] as const))(
        '%s',
        (line, [, said, asked], index) => {
          const outcome = outcomes.get(`${version} ${rows[0]?.[0]} ${index}`)!;
          expect(outcome.code === 0, outcome.said).toBe(!line.startsWith('!'));
          expect(outcome.said).toMatch(said);
          if (asked !== undefined)
            expect(outcome.asked.filter((each) => !KEPT.test(each) || asked.includes(each))).toEqual(asked);
        },
      );
    });
  });
});
