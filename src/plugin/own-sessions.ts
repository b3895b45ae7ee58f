import { exitCode, PluginError } from './exit.ts';
import type { SendRequest } from './http-request.ts';
import type { Target } from './target.ts';

/** One of the person's sessions, as the issuer lists them. */
export interface OwnSession {
  readonly id: string;
  /** `browser`, or `application`: a program that goes on without one, as kubectl does. */
  readonly kind: string;
  readonly clients: readonly string[];
  readonly device: string;
  readonly address: string;
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  /** The one that asks. */
  readonly current: boolean;
}

/** The person's sessions at a Sallyport (`/sessions` of the issuer). Throws PluginError (notFound) where there is no such list. */
export interface OwnSessions {
  list(): Promise<readonly OwnSession[]>;
  /** False when it is not there any more. */
  end(id: string): Promise<boolean>;
}

export function openOwnSessions({ issuer }: Target, bearer: string, send: SendRequest): OwnSessions {
  const address = `${issuer.replace(/\/$/, '')}/sessions`;
  const refused = (status: number) =>
    new PluginError(
      status === 401 ? exitCode.notLoggedIn : status >= 500 ? exitCode.unreachable : exitCode.notFound,
      `${address} answered ${status}: only a Sallyport lists sessions, and only for the client kubectl`,
    );
  return {
    async list() {
      const { status, body } = await send(new URL(address), { bearer });
      const { sessions } = (body ?? {}) as { sessions?: unknown };
      if (status !== 200 || !Array.isArray(sessions)) throw refused(status);
      return sessions.map(readSession);
    },
    async end(id) {
      const url = new URL(`${address}/${encodeURIComponent(id)}`);
      const { status, body } = await send(url, { bearer, method: 'DELETE' });
      const isGone = status === 404 && (body as { error?: unknown } | undefined)?.error === 'not_found';
      if (status !== 204 && !isGone) throw refused(status);
      return status === 204;
    },
  };
}

function readSession(value: unknown): OwnSession {
  const session = (value ?? {}) as Record<string, unknown>;
  const text = (name: string) => (typeof session[name] === 'string' ? session[name] : '');
  const clients = Array.isArray(session['clients']) ? session['clients'] : [];
  return {
    id: text('id'),
    kind: text('kind'),
    clients: clients.filter((client) => typeof client === 'string'),
    device: text('device'),
    address: text('address'),
    createdAt: text('created_at'),
    lastUsedAt: text('last_used_at'),
    expiresAt: text('expires_at'),
    current: session['current'] === true,
  };
}
