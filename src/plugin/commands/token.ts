import { openCredentialCache } from '../credential-cache.ts';
import { type ExecInfo, readExecInfo, renderExecCredential } from '../exec-credential.ts';
import { exitCode } from '../exit.ts';
import { durationFlag, portFlag, switchFlag, textFlag } from '../flags.ts';
import { isFresh } from '../freshness.ts';
import type { Invocation } from '../invocation.ts';
import type { RenewalOptions } from '../renewal.ts';
import { loginCommand, resolveTarget } from '../target.ts';

/** The credential plugin: one ExecCredential on standard output, nothing else there. */
export async function runToken({ program, flags, deps }: Invocation): Promise<number> {
  const info = readExecInfo(deps.env['KUBERNETES_EXEC_INFO']);
  const target = await resolveTarget(flags, deps);
  const cache = openCredentialCache(deps, target);
  let credentials = cache.read();
  if (!isFresh(credentials, deps.now())) {
    const { renewCredentials } = await import('../renewal.ts');
    const options = await renewalOptions(info, { program, flags, deps });
    credentials = await renewCredentials(options, {
      ...deps,
      cache,
      target,
      loginCommand: loginCommand(program, target),
    });
  }
  deps.stdout(renderExecCredential(info, credentials));
  return exitCode.ok;
}

async function renewalOptions(info: ExecInfo, { flags, deps }: Invocation): Promise<RenewalOptions> {
  const options: RenewalOptions = {
    listenPort: portFlag(flags, 'listen-port'),
    timeoutMs: durationFlag(flags, 'timeout', '180s'),
  };
  // No terminal: an editor, a dashboard, a script that polls. A window that pops up there helps nobody, and comes back.
  if (!(info.interactive ?? (await deps.stdinIsTerminal()))) return options;
  if (switchFlag(flags, 'skip-open-browser')) return { ...options, interactive: {} };
  const { systemBrowser } = await import('../browser.ts');
  const openBrowser = deps.openBrowser ?? systemBrowser(deps, textFlag(flags, 'browser-command'));
  return openBrowser === undefined ? options : { ...options, interactive: { openBrowser } };
}
