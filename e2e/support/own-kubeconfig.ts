import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTerminal, type Terminal } from './kubectl.ts';
import type { Sallyport } from './sallyport.ts';

/** A terminal whose kubeconfig has these credentials (a kubeconfig's `user`) in place of the plugin. */
export async function openTerminalAs(
  sallyport: Sallyport,
  program: string,
  user: Readonly<Record<string, string>>,
): Promise<Terminal> {
  const terminal = await openTerminal(sallyport, program);
  const ca = readFileSync(join(sallyport.dataDir, 'ca.crt')).toString('base64');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'dev' } }],
    clusters: [{ name: 'c', cluster: { server: sallyport.gateway, 'certificate-authority-data': ca } }],
    users: [{ name: 'u', user }],
  };
  await writeFile(String(terminal.env['KUBECONFIG']), JSON.stringify(kubeconfig), { mode: 0o600 });
  return terminal;
}
