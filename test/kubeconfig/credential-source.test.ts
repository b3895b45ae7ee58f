import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCredentialSource, readKubeconfigContext } from '../../src/kubeconfig/index.ts';
import { folder } from '../cli/support/folder.ts';
import { kubeconfig } from '../cli/support/kubeconfig.ts';

const START = Date.parse('2026-11-25T12:00:00Z');

/** A source whose clock the test moves; a plugin that counts its runs and says what $PLUGIN_OUT holds. */
async function source(user: object, files: Record<string, string> = {}) {
  const path = folder({
    runs: '',
    'plugin.sh': '#!/bin/sh\necho run >> "$PLUGIN_DIR/runs"\ncat "$PLUGIN_DIR/out"\n',
    ...files,
    config: kubeconfig('https://example.com', { ...user }),
  });
  const clock = { now: START };
  const warnings: string[] = [];
  const context = await readKubeconfigContext({ file: join(path, 'config'), context: undefined, env: {} });
  const env = { PATH: process.env['PATH'], PLUGIN_DIR: path };
  const opened = await openCredentialSource({
    context,
    host: { env, stderr: { write: () => undefined }, interactive: false },
    now: () => clock.now,
    log: { warn: (_, message) => warnings.push(message) },
  });
  return {
    source: opened,
    clock,
    warnings,
    runs: () => readFileSync(join(path, 'runs'), 'utf8').split('\n').length - 1,
    drop: (name: string) => rmSync(join(path, name)),
    write: (name: string, text: string) => writeFileSync(join(path, name), text),
  };
}

const EXEC = { exec: { command: './plugin.sh', apiVersion: 'client.authentication.k8s.io/v1' } };

function credential(token: string, minutes?: number): string {
  const at = minutes === undefined ? undefined : new Date(START + minutes * 60_000).toISOString();
  const status = { token, ...(at === undefined ? {} : { expirationTimestamp: at }) };
  return JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });
}

/** Waits until the background renewal has brought this token. */
async function untilToken(
  { source: { current } }: Awaited<ReturnType<typeof source>>,
  token: string,
): Promise<void> {
  while ((await current()).token !== token) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a token file', () => {
  it('is read again after a while, and nobody waits for it', async () => {
    const given = await source({ tokenFile: 'token' }, { token: 'one\n' });
    given.write('token', 'two\n');
    expect(given.source.current()).toMatchObject({ token: 'one' });
    given.clock.now += 10_000;
    expect(given.source.current()).toMatchObject({ token: 'one' });
    await untilToken(given, 'two');
  });

  it('that has vanished leaves the last token in use, with a warning', async () => {
    const given = await source({ tokenFile: 'token' }, { token: 'one' });
    given.drop('token');
    given.clock.now += 10_000;
    expect(given.source.current()).toMatchObject({ token: 'one' });
    while (given.warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(given.source.current()).toMatchObject({ token: 'one' });
  });
});

describe('a credential plugin', () => {
  it('runs once, as long as its credentials last', async () => {
    const given = await source(EXEC, { out: credential('one', 60) });
    given.clock.now += 59 * 60_000;
    expect(given.source.current()).toMatchObject({ token: 'one' });
    expect(given.runs()).toBe(1);
  });

  it('runs again shortly before they expire, while the old ones serve', async () => {
    const given = await source(EXEC, { out: credential('one', 60) });
    given.write('out', credential('two', 120));
    given.clock.now += 59 * 60_000 + 31_000;
    expect(given.source.current()).toMatchObject({ token: 'one' });
    await untilToken(given, 'two');
    expect(given.runs()).toBe(2);
  });

  it('is waited for when they have expired: once for all', async () => {
    const given = await source(EXEC, { out: credential('one', 60) });
    given.write('out', credential('two', 120));
    given.clock.now += 61 * 60_000;
    const both = [given.source.current(), given.source.current()];
    expect(both.every((each) => each instanceof Promise)).toBe(true);
    expect(await Promise.all(both)).toMatchObject([{ token: 'two' }, { token: 'two' }]);
    expect(given.runs()).toBe(2);
  });

  it('runs again when the server refuses them, but not all the time', async () => {
    const given = await source(EXEC, { out: credential('one') });
    const one = await given.source.current();
    given.source.refused(one);
    expect(await given.source.current()).toBe(one);
    expect(given.runs()).toBe(1);
    given.write('out', credential('two'));
    given.clock.now += 10_000;
    const two = await given.source.current();
    expect(two).toMatchObject({ token: 'two' });
    // A late refusal of the old ones says nothing of the new.
    given.source.refused(one);
    given.clock.now += 10_000;
    expect(await given.source.current()).toBe(two);
    expect(given.runs()).toBe(2);
  });

  it('that fails leaves good credentials in use, with a warning', async () => {
    const given = await source(EXEC, { out: credential('one', 60) });
    given.write('out', 'nonsense');
    given.clock.now += 59 * 60_000 + 31_000;
    expect(given.source.current()).toMatchObject({ token: 'one' });
    while (given.warnings.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    expect(given.warnings).toEqual(['the credentials for the API server could not be renewed']);
    expect(given.source.current()).toMatchObject({ token: 'one' });
    given.clock.now += 60_000;
    await expect(given.source.current()).rejects.toThrow('did not print an ExecCredential');
  });
});
