import { systemBrowser } from '../browser.ts';
import { durationFlag, type Flags, portFlag, switchFlag, textFlag } from '../flags.ts';
import type { PluginDeps } from '../invocation.ts';
import { flowFlag } from './choose-flow.ts';
import { clientProof } from './client-login.ts';
import type { LoginOptions } from './log-in.ts';

/** How a login goes, by the flags. `readsTerminal`: standard input is there for a pasted answer. Throws PluginError (usage). */
export function readLoginOptions(flags: Flags, deps: PluginDeps, readsTerminal: boolean): LoginOptions {
  const flow = flowFlag(flags);
  const openBrowser = deps.openBrowser ?? systemBrowser(deps, textFlag(flags, 'browser-command'));
  const proof = clientProof(flags);
  return {
    ...(flow === undefined ? {} : { flow }),
    listenPort: portFlag(flags, 'listen-port'),
    timeoutMs: durationFlag(flags, 'timeout', '180s'),
    skipOpenBrowser: switchFlag(flags, 'skip-open-browser'),
    ...(openBrowser === undefined ? {} : { openBrowser }),
    readsTerminal,
    ...(proof === undefined ? {} : { clientProof: proof }),
  };
}
