import type { CommandSpec } from '../command-spec.ts';
import { openCredentialCache } from '../credential-cache.ts';
import { exitCode, PluginError } from '../exit.ts';
import { outputFlagSpec, targetFlags, trustFlags } from '../flag-specs.ts';
import { switchFlag } from '../flags.ts';
import { createSendRequest } from '../http-request.ts';
import type { Invocation } from '../invocation.ts';
import { type OwnSession, type OwnSessions, openOwnSessions } from '../own-sessions.ts';
import { outputFormat, printResult } from '../print-result.ts';
import { renewForAccess } from '../renewal.ts';
import { duration } from '../session-text.ts';
import { loginHint, resolveTarget } from '../target.ts';
import { oneLine } from '../terminal-text.ts';

export const sessionsCommand: CommandSpec = {
  group: 'login',
  summary: 'List where you are logged in, and end it',
  description:
    'List your own sessions at the identity provider: browsers, and programs that go on without one, as kubectl on each of your machines. "revoke" ends them; what was given out in them is refused at the next request. A session is named by the beginning of its id.',
  examples: [
    ['Where am I logged in?', 'sessions'],
    ['End one of them', 'sessions revoke Nq3fW2'],
    ['End all but this one', 'sessions revoke --others'],
  ],
  flags: {
    ...targetFlags,
    ...trustFlags,
    others: { type: 'boolean', default: 'false', help: 'With revoke: all but the one of this machine' },
    output: {
      ...outputFlagSpec,
      values: ['json', 'yaml', 'wide', 'name'],
      help: 'Output format. One of: (json, yaml, wide, name)',
    },
  },
  operands: { usage: '[revoke ID...]', most: 101, values: ['revoke'], dashed: true },
  run: runSessions,
};

async function runSessions(invocation: Invocation): Promise<number> {
  const { program, flags, deps } = invocation;
  const [verb, ...ids] = invocation.operands;
  if (verb !== undefined && verb !== 'revoke') {
    throw new PluginError(exitCode.usage, `sessions takes revoke or nothing, not "${oneLine(verb)}"`);
  }
  const target = await resolveTarget(flags, deps);
  const cache = openCredentialCache(deps, target);
  const bearer = await renewForAccess({ ...deps, cache, target, loginCommand: loginHint(program, target) });
  const sessions = openOwnSessions(target, bearer, createSendRequest(target.trust, deps.env));
  if (verb === undefined) return show(await sessions.list(), invocation);
  return revoke(sessions, choose(await sessions.list(), ids, switchFlag(flags, 'others')), invocation);
}

/** Throws PluginError: usage when nothing is named, notFound for what is none or more than one. */
function choose(all: readonly OwnSession[], ids: readonly string[], others: boolean): readonly OwnSession[] {
  if (others === ids.length > 0) {
    throw new PluginError(
      exitCode.usage,
      'name the sessions that are to end, or all the others with --others',
    );
  }
  if (others) return all.filter(({ current }) => !current);
  return ids.map((begun) => {
    const [found, another] = all.filter(({ id }) => id.startsWith(begun));
    if (found !== undefined && another === undefined) return found;
    const what = found === undefined ? 'none of your sessions has' : 'more than one of your sessions has';
    throw new PluginError(exitCode.notFound, `${what} an id that begins with "${oneLine(begun)}"`);
  });
}

async function revoke(
  sessions: OwnSessions,
  chosen: readonly OwnSession[],
  { deps }: Invocation,
): Promise<number> {
  for (const { id } of chosen) {
    const ended = await sessions.end(id);
    deps.stdout(`session/${id} ${ended ? 'revoked' : 'has ended already'}\n`);
  }
  return exitCode.ok;
}

function show(sessions: readonly OwnSession[], { flags, deps }: Invocation): number {
  const format = outputFormat(flags, ['json', 'yaml', 'wide', 'name']);
  const ago = (time: string) => {
    const ms = deps.now() - Date.parse(time);
    return Number.isNaN(ms) ? '' : duration(Math.max(0, Math.round(ms / 1000)));
  };
  const result = {
    kind: 'SessionList',
    body: { items: sessions },
    columns: [
      { header: 'ID' },
      { header: 'KIND' },
      { header: 'CLIENTS' },
      { header: 'DEVICE' },
      { header: 'LAST USED' },
      { header: 'AGE' },
      { header: 'ADDRESS', wide: true as const },
      { header: 'EXPIRES', wide: true as const },
    ],
    rows: sessions.map(
      ({ id, kind, clients, device, lastUsedAt, createdAt, address, expiresAt, current }) => [
        `${format === 'wide' ? id : id.slice(0, 8)}${current ? ' (this)' : ''}`,
        kind,
        clients.join(','),
        device,
        ago(lastUsedAt),
        ago(createdAt),
        address,
        expiresAt,
      ],
    ),
    names: sessions.map(({ id }) => `session/${id}`),
  };
  printResult(result, format, deps);
  return exitCode.ok;
}
