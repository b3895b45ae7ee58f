import { type Credentials, readCredentials, usesPlugin } from './credentials.ts';
import type { ExecHost } from './exec-credential.ts';
import type { KubeconfigContext } from './kubeconfig.ts';

/** The credentials of the moment, for who asks for days. */
export interface CredentialSource {
  /** At once as long as there are good ones; a promise when they have to be got first, which rejects when they can't. */
  current(): Credentials | Promise<Credentials>;
  /** The server has not taken these: the next ones are got anew. */
  refused(credentials: Credentials): void;
}

export interface CredentialSourceDeps {
  readonly context: KubeconfigContext;
  readonly host: ExecHost;
  /** Milliseconds since the epoch. */
  now(): number;
  readonly log: { warn(fields: object, message: string): void };
}

/** How old what was read from files may get. client-go: a minute for tokens, five for certificates. */
const REREAD_MS = 10_000;
/** So long before they expire, a plugin is asked for the next ones. */
const AHEAD_MS = 30_000;
/** No plugin runs more often than this, whatever the server says of its credentials. */
const COOL_DOWN_MS = 10_000;

/**
 * Keeps a user's credentials fresh: files are read again, the plugin runs again before its credentials expire or when
 * the server has refused them. While the old ones are good, nobody waits; a failure is logged and tried again later.
 * @throws KubeconfigError, CredentialError when there are none to begin with
 */
export async function openCredentialSource(deps: CredentialSourceDeps): Promise<CredentialSource> {
  const { context, host, now, log } = deps;
  const fromPlugin = usesPlugin(context);
  let held = await readCredentials(context, host);
  let readAt = now();
  let refused = false;
  let running: Promise<Credentials> | undefined;

  function isDue(at: number): boolean {
    if (!fromPlugin) return at >= readAt + REREAD_MS;
    return at >= readAt + COOL_DOWN_MS && (refused || at >= (held.expiresAt ?? Infinity) - AHEAD_MS);
  }

  function renew(): Promise<Credentials> {
    running ??= readCredentials(context, host)
      .then((next) => {
        held = next;
        refused = false;
        return next;
      })
      .finally(() => {
        readAt = now();
        running = undefined;
      });
    return running;
  }

  return {
    current() {
      const at = now();
      const good = at < (held.expiresAt ?? Infinity) && !(refused && fromPlugin);
      if (isDue(at)) {
        const renewed = renew();
        if (!good) return renewed;
        renewed.catch((error: unknown) => {
          log.warn({ err: error }, 'the credentials for the API server could not be renewed');
        });
      } else if (!good && running !== undefined) {
        return running;
      }
      // Refused or expired during the cool-down: the server may say so once more.
      return held;
    },
    refused(credentials) {
      if (credentials === held) refused = true;
    },
  };
}

/** Credentials that stay as they are. */
export function fixedCredentials(credentials: Credentials): CredentialSource {
  return { current: () => credentials, refused: () => {} };
}
