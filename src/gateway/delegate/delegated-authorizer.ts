import { hash } from 'node:crypto';
import { type Attributes, type Decision, serviceUnavailable } from '../../kube/index.ts';
import { decisionOf, SUBJECT_ACCESS_REVIEWS, subjectAccessReview } from './subject-access-review.ts';
import { Unanswered } from './unanswered.ts';

/** Kubernetes' own for authorizers that ask an API server: how long a right that was given or taken may not be noticed. */
const LIFETIME_MS = 10_000;
const CAPACITY = 20_000;
/** How long an open stream may go on when nobody answers whether it may. */
const PATIENCE_MS = 60_000;

export interface DelegatedAuthorizerDeps {
  /** The API server that is asked, as the gateway's own account (`create` on subjectaccessreviews). */
  readonly client: { post(path: string, body: object): Promise<unknown> };
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

export interface DelegatedAuthorizer {
  /** @throws Unanswered while the answer is not at hand; for use within `whenAnswered` */
  authorize(attributes: Attributes): Decision;
  /** For what is open already: the last answer known, while a newer one is fetched. Without any for a minute: no. */
  recheck(attributes: Attributes): Decision;
}

interface Answer {
  readonly decision: Decision;
  readonly at: number;
}

const UNKNOWN: Decision = { decision: 'noOpinion', reason: 'the API server does not answer' };

/** Leaves the decision to an API server, by SubjectAccessReview. Nothing is known here that it does not say. */
export function createDelegatedAuthorizer(deps: DelegatedAuthorizerDeps): DelegatedAuthorizer {
  const { client, now, log } = deps;
  // In the order in which the answers came, which is that in which they end.
  const answers = new Map<string, Answer>();
  const asked = new Map<string, Promise<void>>();

  function ask(key: string, attributes: Attributes): Promise<void> {
    const running = asked.get(key);
    if (running !== undefined) return running;
    const answering = fetchAnswer(key, attributes).finally(() => asked.delete(key));
    // Whoever waits hears of a failure; when nobody does any more, it is nobody's.
    answering.catch(() => {});
    asked.set(key, answering);
    return answering;
  }

  async function fetchAnswer(key: string, attributes: Attributes): Promise<void> {
    try {
      keep(key, decisionOf(await client.post(SUBJECT_ACCESS_REVIEWS, subjectAccessReview(attributes))));
    } catch (error) {
      log.warn({ err: error }, 'the API server does not decide');
      throw serviceUnavailable('the API server does not decide on the request');
    }
  }

  function keep(key: string, decision: Decision): void {
    answers.delete(key);
    answers.set(key, { decision, at: now() });
    for (const [oldest, { at }] of answers) {
      if (answers.size <= CAPACITY && now() - at < PATIENCE_MS) break;
      answers.delete(oldest);
    }
  }

  return {
    authorize(attributes) {
      const key = keyOf(attributes);
      const known = answers.get(key);
      if (known !== undefined && now() - known.at < LIFETIME_MS) return known.decision;
      throw new Unanswered(ask(key, attributes));
    },
    recheck(attributes) {
      const key = keyOf(attributes);
      const known = answers.get(key);
      if (known === undefined || now() - known.at >= LIFETIME_MS) void ask(key, attributes).catch(() => {});
      return known !== undefined && now() - known.at < PATIENCE_MS ? known.decision : UNKNOWN;
    },
  };
}

/** A digest, since groups and extra can be long, and nobody can make two questions equal. */
function keyOf(attributes: Attributes): string {
  return hash('sha256', JSON.stringify(subjectAccessReview(attributes)), 'base64url');
}
