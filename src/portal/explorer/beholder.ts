import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessExplorer, OwnAccess } from '../../gateway/index.ts';
import { seeOther } from '../../http/index.ts';
import type { PageHost } from '../../identity/index.ts';
import type { UserInfo } from '../../kube/index.ts';

/** Who looks at a page about rights, and with whose eyes. */
export interface Beholder {
  /** undefined: the cluster without a name. */
  readonly cluster: string | undefined;
  /** Names to choose from, '' for that one; none where there is only one. */
  readonly clusters: readonly string[];
  readonly person: UserInfo;
  /** Whose rights are shown: the person's, or those of somebody as whom they may act. */
  readonly user: UserInfo;
  readonly explorer: AccessExplorer;
  /** What was asked, but for what is understood above. */
  readonly query: URLSearchParams;
}

/** Why there is nothing to show. */
export type Unseen = 'cluster' | 'nobody' | 'delegated' | 'notAs';

export interface Beholders {
  /** undefined: the answer leads to a sign-in, and back. @param asked in place of the address's query */
  see(
    req: IncomingMessage & { readonly originalUrl: string },
    res: ServerResponse,
    asked?: URLSearchParams,
  ): Promise<Beholder | { readonly unseen: Unseen } | undefined>;
}

export interface BeholdersDeps {
  readonly host: PageHost;
  readonly clusters: ReadonlyMap<string | undefined, OwnAccess>;
}

/** Longer names there are none. */
const LONGEST = 253;
const MOST_GROUPS = 50;

export function createBeholders({ host, clusters }: BeholdersDeps): Beholders {
  const names = [...clusters.keys()].map((name) => name ?? '');
  return {
    async see(req, res, asked) {
      const at = req.originalUrl.indexOf('?');
      const query = asked ?? new URLSearchParams(at < 0 ? '' : req.originalUrl.slice(at));
      const visitor = await host.visitor(req, res);
      if (visitor === undefined) {
        seeOther(res, host.signInUrl(req.originalUrl.slice(host.base.length)));
        return undefined;
      }
      const cluster = query.get('cluster') || undefined;
      const access = clusters.get(cluster);
      if (access === undefined) return { unseen: 'cluster' };
      const person = access.userOf(visitor.claims);
      if (typeof person === 'string') return { unseen: 'nobody' };
      const { explorer } = access;
      if (explorer === undefined) return { unseen: 'delegated' };
      const user = withWhoseEyes(explorer, person, query);
      if (user === undefined) return { unseen: 'notAs' };
      return { cluster, clusters: names.length > 1 ? names : [], person, user, explorer, query };
    },
  };
}

/** @returns undefined: the person may not. `as` and `groups`, as in `kubectl --as` and `--as-group`; groups stand between commas or blanks. */
export function withWhoseEyes(
  explorer: Pick<AccessExplorer, 'asUser'> | undefined,
  person: UserInfo,
  query: URLSearchParams,
): UserInfo | undefined {
  const username = query.get('as')?.trim() ?? '';
  if (username === '') return person;
  const groups = [...new Set((query.get('groups') ?? '').split(/[\s,]+/).filter(Boolean))];
  if (groups.length > MOST_GROUPS || [username, ...groups].some(({ length }) => length > LONGEST))
    return undefined;
  return explorer?.asUser(person, username, groups);
}
