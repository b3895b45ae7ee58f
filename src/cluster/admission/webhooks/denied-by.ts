import { goQuote, type StatusCause, type StatusDetails, StatusError } from '../../../kube/index.ts';
import { asJsonArray, asJsonObject, asText } from '../../schema/index.ts';

type Json = Record<string, unknown>;

/**
 * The refusal of a webhook, by its own Status.
 * Source: apiserver/pkg/admission/plugin/webhook/errors/statuserror.go ToStatusErr.
 * @param result what it said, of whatever shape
 */
export function deniedBy(webhook: string, result: Json): StatusError {
  const { code, details } = result;
  const [message, reason] = [asText(result['message']) ?? '', asText(result['reason']) ?? ''];
  const subject = `admission webhook ${goQuote(webhook)} denied the request`;
  const said = message || reason;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: said === '' ? `${subject} without explanation` : `${subject}: ${said}`,
    reason,
    ...(details === undefined || details === null ? {} : { details: detailsOf(asJsonObject(details)) }),
    // No refusal looks like a success, and none is beyond HTTP.
    code: typeof code === 'number' && code >= 400 && code < 600 ? Math.trunc(code) : 400,
  });
}

function detailsOf(said: Json): StatusDetails {
  const { causes, retryAfterSeconds } = said;
  return {
    ...texts(said, ['name', 'group', 'kind', 'uid']),
    ...(Array.isArray(causes) && { causes: asJsonArray(causes).map(causeOf) }),
    ...(Number.isSafeInteger(retryAfterSeconds) && { retryAfterSeconds: Number(retryAfterSeconds) }),
  };
}

function causeOf(said: unknown): StatusCause {
  return { message: '', ...texts(asJsonObject(said), ['reason', 'message', 'field']) };
}

function texts(said: Json, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = asText(said[name]) ?? '';
      return text === '' ? [] : [[name, text]];
    }),
  );
}
