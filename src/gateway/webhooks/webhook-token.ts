import { hash, timingSafeEqual } from 'node:crypto';
import type { Attributes, Decision, UserInfo } from '../../kube/index.ts';
import { type Authenticate, type AuthenticationOutcome, readBearerToken } from '../authenticate/index.ts';

export interface WebhookTokenDeps {
  /** The token now. @throws Error when there is none that can be used */
  readonly read: () => string;
  /** What the token opens. */
  readonly paths: ReadonlySet<string>;
  readonly authenticate: Authenticate;
  authorize(attributes: Attributes): Decision;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void };
}

/** The steps of the pipeline that know of the token. */
export interface WebhookGuard {
  readonly authenticate: Authenticate;
  authorize(attributes: Attributes): Decision;
}

/** No token of an issuer can have this name, nor any group. It has no rights but those below. */
const HOLDER: UserInfo = { username: 'system:sallyport:webhook', groups: [] };
const AUTHENTICATED: AuthenticationOutcome = {
  outcome: 'authenticated',
  user: HOLDER,
  expiresAt: Number.POSITIVE_INFINITY,
};
const ALLOWED: Decision = { decision: 'allow', reason: 'the token of gateway.webhooks.tokenFile' };
const REFUSED: Decision = {
  decision: 'noOpinion',
  reason: 'only the token of gateway.webhooks.tokenFile opens this path',
};

const REREAD_MS = 1_000;
const TOKEN = /^[\w.~+/-]{32,4096}=*$/;

/** What is wrong with a token that is to be a webhook's only lock; undefined when nothing is. */
export function webhookTokenProblem(token: string): string | undefined {
  if (TOKEN.test(token)) return undefined;
  return 'expected one token of at least 32 characters from A-Z a-z 0-9 - . _ ~ + /; make it with: openssl rand -hex 32';
}

/**
 * A static credential for the webhooks: it opens their paths and nothing else, and nothing else opens them, whatever
 * RBAC says. It is read anew within a second of a change; a file that cannot be used opens nothing.
 */
export function guardWebhooks(deps: WebhookTokenDeps): WebhookGuard {
  const { paths, authenticate, authorize } = deps;
  const isHeldBy = createHolderCheck(deps);
  return {
    authenticate: (rawHeaders, path, request) => {
      if (paths.has(path)) {
        const bearer = readBearerToken(rawHeaders);
        if (bearer.kind === 'token' && isHeldBy(bearer.token)) return AUTHENTICATED;
      }
      return authenticate(rawHeaders, path, request);
    },
    authorize: (attributes) => {
      if (attributes.isResourceRequest || !paths.has(attributes.path)) return authorize(attributes);
      // By identity: who impersonates somebody of this name is not the holder.
      return attributes.user === HOLDER ? ALLOWED : REFUSED;
    },
  };
}

/** Compares digests in constant time, so that neither the token's length nor its beginning can be found by asking. */
function createHolderCheck({ read, now, log }: WebhookTokenDeps): (token: string) => boolean {
  let digest: Buffer | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let said = '';

  function current(): Buffer | undefined {
    if (now() - readAt < REREAD_MS) return digest;
    readAt = now();
    try {
      digest = digestOf(read());
      said = '';
    } catch (error) {
      digest = undefined;
      const { message } = error as Error;
      if (message !== said) log.error({ err: error }, 'the webhooks are closed: their token cannot be read');
      said = message;
    }
    return digest;
  }

  return (token) => {
    const wanted = current();
    return wanted !== undefined && timingSafeEqual(digestOf(token), wanted);
  };
}

function digestOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}
