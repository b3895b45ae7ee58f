import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A real kube-apiserver: `KUBE_APISERVER`, or one on the PATH. Nobody offers it as a package, and building it takes a
 * quarter of an hour: the tests can do without, and say so.
 *
 * @returns its path, or '' when there is none
 */
export async function findKubeApiServer(say: (line: string) => void): Promise<string> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'kube-apiserver'));
  for (const program of [process.env['KUBE_APISERVER'], ...onPath]) {
    if (!program || !existsSync(program)) continue;
    const { stdout } = await run(program, ['--version']);
    say(`kube-apiserver: found ${program} (${stdout.trim()})`);
    return program;
  }
  say('WARNING: no kube-apiserver, its tests are SKIPPED. Set KUBE_APISERVER or put it on the PATH.');
  return '';
}
