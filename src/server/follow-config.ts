import type { Config } from '../config/index.ts';
import { changedKeys, takenOver } from '../config/index.ts';
import type { Log } from '../telemetry/index.ts';

export interface FollowConfigDeps {
  /** The configuration that is in force. */
  readonly config: Config;
  /** Reads the file anew. @throws ConfigError */
  load(): Promise<Config>;
  /**
   * Puts it in force as a whole.
   * @param inForce what the server has then, with the addresses that it listens on
   * @param next the file
   * @throws when it cannot be, and nothing has changed
   */
  apply(inForce: Config, next: Config): Promise<void>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
}

export interface FollowedConfig {
  /** Looks at the file now. */
  look(): Promise<void>;
  close(): void;
}

/** Milliseconds between two looks at the file and at those that it names for secrets. */
const EVERY_MS = 2_000;

/**
 * Puts changed clients, accounts, lifetimes, looks and ways to get tokens in force without a restart. A file that is refused is said once, and the last good one
 * stays; what a running server cannot take over is named.
 */
export function followConfig({ config, load, apply, log }: FollowConfigDeps): FollowedConfig {
  let inForce = config;
  let said = '';
  let looking = false;

  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const next = await load();
      // Nothing has changed.
      if (next === inForce && said === '') return;
      const { taken, needRestart } = changedKeys(inForce, next);
      if (taken.length > 0 || needRestart.length > 0) await apply(takenOver(config, next), next);
      inForce = next;
      said = '';
      if (taken.length > 0) log.info({ changed: taken }, 'configuration reloaded');
      if (needRestart.length > 0)
        log.warn({ changed: needRestart }, 'these keys take effect at the next start');
    } catch (error) {
      const { message } = error as Error;
      if (message !== said) log.error({ err: error }, 'configuration not taken; the last good one stays');
      said = message;
    } finally {
      looking = false;
    }
  }

  const timer = setInterval(() => void look(), EVERY_MS);
  timer.unref();
  return { look, close: () => clearInterval(timer) };
}
