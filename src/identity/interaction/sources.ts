import type { Request, Response } from 'express';
import { type CookiePolicy, readCookie } from '../../http/index.ts';
import type { ClientPolicies } from '../claims/client-policies.ts';
import { localConnector } from '../claims/subjects.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Connectors } from '../connectors/connectors.ts';
import type { Current } from './current-interaction.ts';

/** One of the places that somebody can sign in at: a connector, or `local` for this server. */
export interface Source {
  readonly id: string;
  /** Undefined: this server. */
  readonly connector: Connector | undefined;
}

/** Which sources a sign-in may choose from. */
export interface Sources {
  /** Those that the client lets in, the one that this browser used last first; fewer where the request names one. */
  of(req: Request, current: Current): readonly Source[];
  /** One of those; undefined when it is none. */
  find(req: Request, current: Current, id: string): Source | undefined;
  /** Where the form of this server stands: at an address of its own where there is a choice. */
  formPath(req: Request, current: Current): string;
  /** Whether somebody has to see the choice where there is none. */
  alwaysShows(): boolean;
  /** Remembers in this browser what it has used. */
  remember(res: Response, id: string): void;
}

export interface SourcesDeps {
  readonly connectors: Pick<Connectors, 'list'>;
  readonly policies: Pick<ClientPolicies, 'allowsConnector'>;
  readonly cookies: CookiePolicy;
  offersLocal(): boolean;
  alwaysShows(): boolean;
}

const YEAR_MS = 365 * 24 * 3_600_000;

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

export function createSources(deps: SourcesDeps): Sources {
  const { connectors, policies, cookies } = deps;
  const cookie = cookies.hostName('sallyport_source');

  function all(): readonly Source[] {
    const elsewhere = connectors.list().map((connector) => ({ id: connector.id, connector }));
    return deps.offersLocal() ? [{ id: localConnector, connector: undefined }, ...elsewhere] : elsewhere;
  }

  function allowed({ client, interaction: { params } }: Current): readonly Source[] {
    const scopes = textOf(params['scope']).split(' ');
    const admitted = all().filter(({ id }) => policies.allowsConnector(id, client.clientId, scopes));
    const named = admitted.filter(({ id }) => id === params['connector_id']);
    return named.length > 0 ? named : admitted;
  }

  function of(req: Request, current: Current): readonly Source[] {
    const last = readCookie(req.headers.cookie, cookie);
    const admitted = allowed(current);
    return [...admitted.filter(({ id }) => id === last), ...admitted.filter(({ id }) => id !== last)];
  }

  return {
    of,
    find: (req, current, id) => of(req, current).find((source) => source.id === id),
    formPath: (req, current) => (of(req, current).length > 1 ? `${current.path}/local` : current.path),
    alwaysShows: deps.alwaysShows,
    remember(res, id) {
      if (all().length > 1) res.cookie(cookie, id, { ...cookies.options, path: '/', maxAge: YEAR_MS });
    },
  };
}
