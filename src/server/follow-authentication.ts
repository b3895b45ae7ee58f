import type { ReloadableAuthenticator } from '../gateway/index.ts';
import type { Log } from '../telemetry/index.ts';

/** Milliseconds between two looks at the file; it is small, and identical bytes change nothing. */
const EVERY_MS = 2_000;

/** Puts a changed AuthenticationConfiguration in force without a restart; one that is refused is said once, and the last good one stays. */
export function followAuthentication(authenticator: ReloadableAuthenticator, log: Log): { close(): void } {
  let said = '';
  const look = async () => {
    const outcome = await authenticator.reload();
    if (outcome === 'unchanged') return;
    if (outcome === 'reloaded') {
      said = '';
      log.info({}, 'authentication configuration reloaded');
    } else if (outcome.refused.message !== said) {
      said = outcome.refused.message;
      log.error({ err: outcome.refused }, 'authentication configuration not taken; the last good one stays');
    }
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
