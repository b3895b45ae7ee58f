import { exitCode, PluginError } from '../exit.ts';
import type { LoginDeps } from './log-in.ts';
import type { Callback } from './loopback-listener.ts';

/** Lines that are not the answer that are put up with. */
const longestPatience = 20;

/**
 * The authorization response that the user pastes: the address that their browser, on another machine, ended at and could
 * not reach. Only one with our own state counts. Never resolves when standard input ends before it comes.
 */
export async function readPastedAnswer(
  state: string,
  redirectUri: string,
  { readLine, stderr, signal }: Pick<LoginDeps, 'readLine' | 'stderr' | 'signal'>,
): Promise<Callback> {
  for (let tries = 0; tries < longestPatience; tries++) {
    const line = await readLine(signal);
    if (line === undefined) return new Promise(() => {});
    if (line.trim() === '') continue;
    const url = URL.parse(line.trim());
    const ours = url !== null && `${url.origin}${url.pathname}` === redirectUri;
    if (ours && url.searchParams.get('state') === state) {
      return { params: url.searchParams, answer: async () => {} };
    }
    stderr(`That is not the answer to this login: it begins with ${redirectUri}?\n`);
  }
  throw new PluginError(exitCode.failure, `giving up: ${longestPatience} lines were not the answer`);
}
