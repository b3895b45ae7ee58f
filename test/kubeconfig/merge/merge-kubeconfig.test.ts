import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigWith, mergeKubeconfig } from '../../../src/kubeconfig/merge/index.ts';

const login = { name: 'mine', server: 'https://127.0.0.1:6443', certificateAuthority: 'PEM', token: 't1' };

const OTHERS = `# my clusters
apiVersion: v1
kind: Config
current-context: work
clusters:
  # the one at work
  - name: work
    cluster: { server: https://work.example, unknown-to-us: true }
users:
  - name: work
    user: { token: keep-me }
contexts:
  - name: work
    context: { cluster: work, user: work }
preferences: { colors: true }
`;

describe('a login in a kubeconfig', () => {
  it('makes one by itself', () => {
    const read = parse(kubeconfigWith(login));
    expect(read).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'mine',
          cluster: {
            server: login.server,
            'certificate-authority-data': Buffer.from('PEM').toString('base64'),
          },
        },
      ],
      users: [{ name: 'mine', user: { token: 't1' } }],
      contexts: [{ name: 'mine', context: { cluster: 'mine', user: 'mine' } }],
      'current-context': 'mine',
    });
  });

  it('leaves what is there, its order, its comments and the chosen context', () => {
    const merged = kubeconfigWith(login, OTHERS);
    for (const line of OTHERS.split('\n').filter((text) => text !== '')) expect(merged).toContain(line);
    expect(parse(merged)['current-context']).toBe('work');
    expect(parse(merged).contexts.map(({ name }: { name: string }) => name)).toEqual(['work', 'mine']);
  });

  it('is the same when it is put there again, and replaced when it has changed', () => {
    const once = kubeconfigWith(login, OTHERS);
    expect(kubeconfigWith(login, once)).toBe(once);
    expect(kubeconfigWith({ ...login, token: 't2' }, once)).toBe(once.replace('token: t1', 'token: t2'));
  });

  it('takes nothing away from any kubeconfig', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[a-z0-9.:@/ -]{1,12}$/), { maxLength: 4 });
    fc.assert(
      fc.property(names, fc.option(fc.string(), { nil: undefined }), (given, current) => {
        const entries = (member: string) => given.map((name) => ({ name, [member]: { kept: name } }));
        const before = {
          clusters: entries('cluster'),
          users: entries('user'),
          contexts: entries('context'),
          ...(current === undefined ? {} : { 'current-context': current }),
        };
        const after = parse(kubeconfigWith(login, JSON.stringify(before)));
        for (const list of ['clusters', 'users', 'contexts'] as const) {
          expect(after[list]).toEqual(
            expect.arrayContaining(before[list].filter(({ name }) => name !== login.name)),
          );
        }
        expect(after['current-context']).toBe(current || login.name);
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['[]', 'it is no mapping'],
    ['clusters: 7', 'clusters is no list'],
    ['a: 1\na: 2', 'cannot be read'],
  ])('refuses what is no kubeconfig: %j', (text, message) => {
    expect(() => kubeconfigWith(login, text, 'config')).toThrow(message);
  });
});

describe('the file', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sallyport-merge-'));
    file = join(directory, 'config');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  it('is made with its folder, for its owner only, and nothing is left beside it', async () => {
    const made = join(directory, 'new', 'config');
    expect(await mergeKubeconfig(made, login)).toBe('mine');
    expect(statSync(made).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'new'))).toEqual(['config']);
  });

  it('is replaced where a link leads to', async () => {
    writeFileSync(file, OTHERS);
    symlinkSync(file, join(directory, 'link'));
    expect(await mergeKubeconfig(join(directory, 'link'), login)).toBe('work');
    expect(lstatSync(join(directory, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain('keep-me');
  });

  it('is left alone while kubectl writes it, and when it is none', async () => {
    writeFileSync(file, OTHERS);
    writeFileSync(`${file}.lock`, '');
    await expect(mergeKubeconfig(file, login)).rejects.toThrow(/somebody else is writing .*config.lock/);
    rmSync(`${file}.lock`);
    writeFileSync(file, 'a: [');
    await expect(mergeKubeconfig(file, login)).rejects.toThrow(/cannot be read/);
    expect(readFileSync(file, 'utf8')).toBe('a: [');
    expect(existsSync(`${file}.lock`)).toBe(false);
  });
});
