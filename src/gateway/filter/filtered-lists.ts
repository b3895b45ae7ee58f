import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Attributes, type Decision, forbidden, type RequestInfo } from '../../kube/index.ts';
import type { AuthorizedRequest, Target } from '../exchange.ts';
import { acceptJson, queryOf } from '../list/index.ts';
import { createAsk } from './ask.ts';
import { collectionPath } from './collection-query.ts';
import { createContinueTokens } from './continue-token.ts';
import { answerList } from './filtered-list.ts';
import type { FilteredRequest } from './filtered-request.ts';
import { answerWatch } from './filtered-watch.ts';
import { type PlacesDeps, placeName, placesOf } from './place.ts';
import { RefusedAnswer, respondAnswer } from './refused-answer.ts';
import { createResumePoints } from './resume-points.ts';

export interface FilteredListsDeps extends PlacesDeps {
  readonly target: Target;
  authorize(attributes: Attributes): Decision;
}

export interface RefusedRequest {
  readonly request: Pick<IncomingMessage, 'method' | 'headers'>;
  /** The request target, as the API server is to have it. */
  readonly target: string;
  readonly requestInfo: RequestInfo;
  readonly attributes: Attributes;
  /** On the whole of it. */
  readonly decision: Decision;
}

/** What the audit log is to say about a request. */
export type Decided = (decision: Decision['decision'], reason: string) => void;

/** A request that is going to be answered with what the caller may have of it. */
export interface FilteredAnswer {
  /**
   * Answers it; resolves at the end of the answer.
   * @throws StatusError as the target does, and 403 when there is nothing to filter
   */
  answer(authorized: AuthorizedRequest, decided: Decided): Promise<void>;
  /** Whether the caller may still see exactly the same places. */
  holds(): boolean;
  /** Ends a watch whose places have changed, so that its client lists anew. */
  end(): void;
}

export interface FilteredLists {
  /**
   * What to do with a request that the caller may not make as a whole.
   * @returns undefined when it can't be filtered: then it is refused
   */
  offer(refused: RefusedRequest): FilteredAnswer | undefined;
}

/** Each is a request of its own to the API server, a watch even a connection. */
const MOST_PLACES = 100;

/**
 * Lists and watches over all namespaces for callers who may list and watch in some. The request is answered with as many
 * narrower ones, each as the caller and each allowed by itself: nothing is read that has to be thrown away, and no right is
 * needed that the caller does not have.
 */
export function createFilteredLists(deps: FilteredListsDeps): FilteredLists {
  const tokens = createContinueTokens(randomBytes(32));
  const resume = createResumePoints();

  function placesFor(requestInfo: RequestInfo, attributes: Attributes) {
    if (deps.authorize(attributes).decision === 'allow') return [];
    const places = placesOf(deps, requestInfo, attributes);
    if (attributes.verb === 'list') return places;
    // A watch goes on where a list has ended, so it must be about the same places: else what is in the others would never change.
    const list = { ...attributes, verb: 'list' };
    const isListed =
      deps.authorize(list).decision !== 'allow' && isSame(places, placesOf(deps, requestInfo, list));
    return isListed ? places : [];
  }

  return {
    offer({ request, target, requestInfo, attributes, decision: refused }) {
      if (!isCollectionRequest(request, requestInfo)) return undefined;
      const places = placesFor(requestInfo, attributes);
      if (places.length === 0) return undefined;
      const reason = places.length > MOST_PLACES ? tooMany(places.length) : refused.reason;
      const filtered: FilteredRequest = {
        requestInfo,
        query: queryOf(target),
        places,
        placeNames: places.map(placeName).join(','),
        purpose: purposeOf(requestInfo, attributes),
        refusal: forbidden(attributes, reason),
      };
      const changed = new AbortController();
      return {
        holds: () => isSame(places, placesFor(requestInfo, attributes)),
        end: () => changed.abort(),
        async answer(authorized, decided) {
          const { response } = authorized;
          const tell = once(decided);
          const confirmed = (warnings: number | string | string[] | undefined) => {
            tell('allow', `filtered to namespaces: ${places.map(placeName).join(', ')}`);
            if (warnings !== undefined && !response.headersSent) response.setHeader('Warning', warnings);
          };
          try {
            if (places.length > MOST_PLACES) throw filtered.refusal;
            const ask = createAsk(deps.target, authorized, acceptJson(authorized.request.headers.accept));
            if (attributes.verb === 'watch') {
              await answerWatch(filtered, response, { ask, resume, confirmed, changed: changed.signal });
            } else {
              const listed = (revision: string) => resume.listed(filtered, revision);
              await answerList(filtered, response, { ask, tokens, confirmed, listed });
            }
          } catch (error) {
            if (error === filtered.refusal) tell(refused.decision, reason);
            else confirmed(undefined);
            if (!(error instanceof RefusedAnswer) || response.headersSent) throw error;
            await respondAnswer(response, error.answer);
          }
        },
      };
    },
  };
}

/** The canonical form of the request, and no upgrade: everything else is refused as ever. */
function isCollectionRequest(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  requestInfo: RequestInfo,
): boolean {
  const { isResourceRequest, verb, namespace, path, subresource } = requestInfo;
  return (
    method === 'GET' &&
    headers.upgrade === undefined &&
    isResourceRequest &&
    (verb === 'list' || verb === 'watch') &&
    namespace === '' &&
    subresource === '' &&
    path === collectionPath(requestInfo)
  );
}

function isSame(a: readonly { namespace: string; name: string }[], b: typeof a): boolean {
  return (
    a.length === b.length && a.every((place, at) => placeName(place) === placeName(b[at] as typeof place))
  );
}

function purposeOf({ path }: RequestInfo, { user }: Attributes): string {
  return JSON.stringify([user.username, user.uid ?? '', [...user.groups].sort(), path]);
}

function tooMany(count: number): string {
  return `filtered lists are made of at most ${MOST_PLACES} namespaces, and this one would be of ${count}`;
}

function once(decided: Decided): Decided {
  let told = false;
  return (decision, reason) => {
    if (!told) decided(decision, reason);
    told = true;
  };
}
