import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServedAdminOptions, serveAdmin } from '../../admin/support/served-admin.ts';
import { kubeconfig } from './kubeconfig.ts';
import { type Outcome, run } from './run.ts';

/** A terminal whose kubeconfig leads to a gateway with the admin API. */
export async function openAdminTerminal(options: ServedAdminOptions = {}) {
  const admin = await serveAdmin(options);
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));
  const file = join(directory, 'config');
  writeFileSync(file, kubeconfig(admin.url));
  return {
    ...admin,
    /** Arguments are parted by blanks; no quoting. */
    type: (line: string, input?: string): Promise<Outcome> =>
      run(line.split(' '), { KUBECONFIG: file }, input),
    close: async () => {
      rmSync(directory, { recursive: true });
      await admin.close();
    },
  };
}
