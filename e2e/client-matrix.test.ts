import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { applying } from './support/applying-rows.ts';
import { collect } from './support/collect.ts';
import { KUBECTL_VERSIONS } from './support/kubectl.ts';
import { files, widgets } from './support/matrix-files.ts';
import { atTheEnd, ofNodes, type Row, reading, writing } from './support/matrix-rows.ts';
import { type RecordingProxy, startRecordingProxy } from './support/recording-proxy.ts';
import { exchangeLine } from './support/request-line.ts';
import { copying, streaming } from './support/streaming-rows.ts';
import type { KubectlVersion } from './support/tools.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

/** What a client may have asked before. */
const KEPT = /^GET \/(?:apis?\?|openapi\/v3\/)/;

/** What ^C is on a terminal. */
const INTERRUPT = '\x03';

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
    const admin = await started.open('1.35', 'root', ['platform-admins']);
    await admin.kubectlWith(widgets, 'create', '-f', '-');
    const opened = await Promise.all(KUBECTL_VERSIONS.map(open));
    await Promise.all(
      opened.map(async (each) => {
        await runRows(each, [...reading, ...writing, ...applying, ...copying]);
        await watch(each);
      }),
    );
    for (const each of opened) await runRows(each, ofNodes);
    await Promise.all(opened.map((each) => runRows(each, atTheEnd)));
  });

  afterAll(async () => {
    for (const proxy of proxies) proxy.close();
    await started?.dispose();
  });

  async function open(version: KubectlVersion) {
    const terminal = await started.open(version, 'root', ['platform-admins']);
    const namespace = `n${version.replace('.', '')}`;
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(terminal.home, name), text.replace('<namespace>', namespace));
    }
    const proxy = await startRecordingProxy(started.sallyport());
    proxies.push(proxy);
    await terminal.kubectl('config', 'set-cluster', 'c', `--server=${proxy.url}`);
    await terminal.kubectl('create', 'namespace', namespace);
    await terminal.kubectl('config', 'set-context', '--current', `--namespace=${namespace}`);
    proxy.take();
    const asked = () => proxy.take().map((each) => exchangeLine(each, { [namespace]: 'default' }));
    return { version, terminal, proxy, asked };
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

  /** At a terminal, which util-linux' script gives: each until it has said and asked what it must. */
  async function watch({ version, terminal, proxy, asked }: Awaited<ReturnType<typeof open>>) {
    for (const [index, [line, said, { length }, code]] of streaming.entries()) {
      const command = `${inject('kubectl')[version]} ${line}`;
      const child = spawn('script', ['-qec', command, '/dev/null'], { env: terminal.env });
      const ended = once(child, 'exit');
      const output = collect(child);
      await Promise.all([output.until(said), proxy.answered(length)]);
      if (code === 130) child.stdin.write(INTERRUPT);
      const [ownCode] = await ended;
      outcomes.set(`${version} streaming ${index}`, {
        code: ownCode,
        said: output.stdout(),
        asked: asked(),
      });
    }
  }

  const groups = {
    'reads and writes': [...reading, ...writing, ...applying, ...copying],
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
          if (asked !== undefined) expectAsked(outcome, 'map' in asked ? asked : asked[version]);
        },
      );
    });
    it.each(streaming.map((row, index) => [row[0], row, index] as const))(
      'streams: %s',
      (_line, [, said, asked, code], index) => {
        const outcome = outcomes.get(`${version} streaming ${index}`)!;
        expect(outcome.code, outcome.said).toBe(code);
        expect(outcome.said).toMatch(said);
        expectAsked(outcome, asked);
      },
    );
  });

  function expectAsked(outcome: Outcome, asked: readonly string[]): void {
    expect(outcome.asked.filter((each) => !KEPT.test(each) || asked.includes(each))).toEqual(asked);
  }
});
