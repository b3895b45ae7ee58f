import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { installPackage } from '../../build/install-package.ts';
import { buildGoClient } from './build-go-client.ts';
import { findChromium } from './find-chromium.ts';
import { type DebianProgram, findDebianProgram } from './find-debian-program.ts';
import { findKubeApiServer } from './find-kube-apiserver.ts';
import { findKubelogin } from './find-kubelogin.ts';
import { installKubectl } from './install-kubectl.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the package, packed and installed. */
    installed: string;
    chromium: string;
    /** Empty when there is none. */
    kubeApiServer: string;
    /** The program in e2e/go; empty where there is no kube-apiserver or no Go. */
    goClient: string;
    /** Empty when it cannot be had. */
    kubelogin: string;
    nginx: string;
    etcd: string;
    /** Empty when it cannot be had. */
    zsh: string;
    fish: string;
    secretTool: string;
    kubectl: Record<KubectlVersion, string>;
    helm: Record<HelmVersion, string>;
  }
}

export type KubectlVersion = '1.32' | '1.35';
export type HelmVersion = '3' | '4';

/**
 * Installs the product as people do, and finds or installs the real programs that the end-to-end tests drive, once for all of
 * them, and says what it did.
 */
export async function setup(project: TestProject): Promise<() => void> {
  const place = mkdtempSync(join(tmpdir(), 'sallyport-installed-'));
  project.provide('installed', installPackage(place));
  project.provide('chromium', await findChromium(say));
  project.provide('kubelogin', await findKubelogin(say));
  const kubeApiServer = await findKubeApiServer(say);
  project.provide('kubeApiServer', kubeApiServer);
  project.provide('goClient', kubeApiServer === '' ? '' : await buildGoClient(say));
  project.provide('nginx', await findDebianProgram(NGINX, say));
  project.provide('etcd', await findDebianProgram(ETCD, say));
  for (const shell of ['zsh', 'fish'] as const) project.provide(shell, await findOrSkip(ofShell(shell)));
  project.provide('secretTool', await findOrSkip(SECRET_TOOL));
  const [older, newer] = [await installKubectl('1.32', say), await installKubectl('1.35', say)];
  project.provide('kubectl', { '1.32': older.kubectl, '1.35': newer.kubectl });
  project.provide('helm', { '3': older.helm, '4': newer.helm });
  return () => rmSync(place, { recursive: true, force: true });
}

const NGINX = { name: 'nginx', path: '/usr/sbin/nginx', package: 'nginx', variable: 'NGINX' };
const ETCD = { name: 'etcd', path: '/usr/bin/etcd', package: 'etcd-server', variable: 'ETCD' };

const SECRET_TOOL = {
  name: 'secret-tool',
  path: '/usr/bin/secret-tool',
  package: 'libsecret-tools gnome-keyring dbus-daemon dbus-bin',
};

/** A shell other than bash. */
const ofShell = (name: string) => ({ name, path: `/usr/bin/${name}`, package: name });

/** What the tests can do without. */
async function findOrSkip(program: DebianProgram): Promise<string> {
  try {
    return await findDebianProgram(program, say);
  } catch (error) {
    say(`WARNING: its tests are SKIPPED. (${error instanceof Error ? error.message : String(error)})`);
    return '';
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
