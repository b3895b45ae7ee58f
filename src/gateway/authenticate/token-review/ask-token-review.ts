import { type ApiTransport, readText } from '../../../kubeconfig/index.ts';

const API = 'authentication.k8s.io/v1';
/** A user with a thousand groups comes nowhere near. */
const MAXIMUM_BYTES = 1 << 20;
/** A kept-alive connection that the server had just closed. */
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** The API server has not answered the review. The message holds no token. */
class TokenReviewError extends Error {}

export interface TokenReviewQuestion {
  readonly token: string;
  readonly audiences: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/**
 * Asks who a token is from, as the gateway's own account.
 * @returns the answered TokenReview, unchecked
 * @throws TokenReviewError; CredentialError when the gateway has no credentials of its own
 */
export async function askTokenReview(
  client: Pick<ApiTransport, 'request'>,
  { token, audiences, signal }: TokenReviewQuestion,
): Promise<unknown> {
  const question = {
    method: 'POST',
    path: `/apis/${API}/tokenreviews`,
    body: { apiVersion: API, kind: 'TokenReview', spec: { token, ...(audiences && { audiences }) } },
    signal,
  } as const;
  const answer = await client.request(question).catch((error: unknown) => {
    // A review changes nothing, so that it can be asked twice.
    if (CLOSED.has(codeOf(error))) return client.request(question);
    throw error;
  });
  const text = await readText(answer.body, MAXIMUM_BYTES);
  if (answer.status === 200 || answer.status === 201) return JSON.parse(text);
  throw new TokenReviewError(REFUSALS[answer.status] ?? `the API server answered ${answer.status}`);
}

const REFUSALS: Readonly<Record<number, string>> = {
  401: "the API server does not take the gateway's credentials",
  403: "the gateway's account may not create tokenreviews: bind it to the ClusterRole system:auth-delegator",
};

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}
