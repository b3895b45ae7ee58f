import type { SpawnSyncReturns } from 'node:child_process';
import type { PluginDeps } from './invocation.ts';
import { oneLine } from './terminal-text.ts';

/** The system's keeper of secrets, through the program that comes with it: no library of ours has to be built for it. */
export interface Keyring {
  /** What it is called: `secret-tool`, `security`, `pass`. */
  readonly name: string;
  /** @returns why it does not take it, in its own words: it is locked, or has no session. undefined when it has it */
  store(account: string, secret: string): string | undefined;
  lookup(account: string): { readonly secret: string } | { readonly why: string };
  clear(account: string): void;
}

interface KeyringProgram {
  readonly platforms: readonly NodeJS.Platform[];
  /** Its arguments and standard input; no secret is ever an argument, where other users could read it. */
  readonly store: (account: string, secret: string) => readonly [args: readonly string[], input: string];
  readonly lookup: (account: string) => readonly string[];
  readonly clear: (account: string) => readonly string[];
}

const programs: Readonly<Record<string, KeyringProgram>> = {
  security: {
    platforms: ['darwin'],
    store: (account, secret) => [['-i'], `add-generic-password -U -s sallyport -a ${account} -w ${secret}\n`],
    lookup: (account) => ['find-generic-password', '-s', 'sallyport', '-a', account, '-w'],
    clear: (account) => ['delete-generic-password', '-s', 'sallyport', '-a', account],
  },
  'secret-tool': {
    platforms: ['linux', 'freebsd', 'openbsd'],
    store: (account, secret) => [
      ['store', '--label=kubectl sallyport', 'service', 'sallyport', 'account', account],
      secret,
    ],
    lookup: (account) => ['lookup', 'service', 'sallyport', 'account', account],
    clear: (account) => ['clear', 'service', 'sallyport', 'account', account],
  },
  pass: {
    platforms: ['linux', 'freebsd', 'openbsd', 'darwin'],
    store: (account, secret) => [['insert', '--multiline', '--force', `sallyport/${account}`], `${secret}\n`],
    lookup: (account) => ['show', `sallyport/${account}`],
    clear: (account) => ['rm', '--force', `sallyport/${account}`],
  },
};

/** Long enough to unlock it by hand, in milliseconds. */
const patienceMs = 60_000;

/** The first keyring whose program is on the PATH; undefined when there is none. */
export function findKeyring({ env, platform }: Pick<PluginDeps, 'env' | 'platform'>): Keyring | undefined {
  // Loaded when somebody wants it: a cached token needs no processes.
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const run = (name: string, args: readonly string[], input = ''): SpawnSyncReturns<string> =>
    spawnSync(name, [...args], { env: { ...env }, input, encoding: 'utf8', timeout: patienceMs });
  const wordsOf = (name: string, { stderr }: SpawnSyncReturns<string>) =>
    oneLine(stderr?.trim().split('\n')[0]?.replace(`${name}: `, '') || 'is it unlocked?');
  for (const [name, program] of Object.entries(programs)) {
    if (!program.platforms.includes(platform)) continue;
    const { error } = run(name, ['--version']);
    if (error !== undefined && 'code' in error && error.code === 'ENOENT') continue;
    return {
      name,
      store(account, secret) {
        if (!/^[!-~]+$/.test(secret)) return 'it has characters that no token has';
        const [args, input] = program.store(account, secret);
        const stored = run(name, args, input);
        if (stored.status !== 0) return wordsOf(name, stored);
        // `security -i` says 0 whatever it did: what counts is that it can be read.
        const found = this.lookup(account);
        if ('why' in found) return found.why;
        return found.secret === secret ? undefined : 'it gives back another one';
      },
      lookup(account) {
        const answer = run(name, program.lookup(account));
        const secret = answer.stdout?.trim() ?? '';
        return answer.status === 0 && secret !== '' ? { secret } : { why: wordsOf(name, answer) };
      },
      clear: (account) => void run(name, program.clear(account)),
    };
  }
  return undefined;
}
