import type { TestProject } from 'vitest/node';
import { findChromium } from './find-chromium.ts';
import { findEtcd } from './find-etcd.ts';
import { findKubelogin } from './find-kubelogin.ts';
import { findNginx } from './find-nginx.ts';
import { installKubectl } from './install-kubectl.ts';

declare module 'vitest' {
  interface ProvidedContext {
    chromium: string;
    /** Empty when it cannot be had. */
    kubelogin: string;
    nginx: string;
    etcd: string;
    kubectl: Record<KubectlVersion, string>;
    helm: Record<HelmVersion, string>;
  }
}

export type KubectlVersion = '1.32' | '1.35';
export type HelmVersion = '3' | '4';

/** Finds or installs the real programs that the end-to-end tests drive, once for all of them, and says what it did. */
export async function setup(project: TestProject): Promise<void> {
  project.provide('chromium', await findChromium(say));
  project.provide('kubelogin', await findKubelogin(say));
  project.provide('nginx', await findNginx(say));
  project.provide('etcd', await findEtcd(say));
  const [older, newer] = [await installKubectl('1.32', say), await installKubectl('1.35', say)];
  project.provide('kubectl', { '1.32': older.kubectl, '1.35': newer.kubectl });
  project.provide('helm', { '3': older.helm, '4': newer.helm });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
