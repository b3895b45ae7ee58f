import { type Failure, failures } from './failures.ts';

const longestQuery = 16 * 1024;
/** Of `state`, `nonce` and every other parameter that is kept until the sign-in ends. */
const longestValue = 2048;
/** Checked and dropped. */
const notKept = new Set(['id_token_hint']);

/** Why a query is too long to be looked at; undefined when it is not. @param url the request's target */
export function queryProblem(url: string): Failure | undefined {
  const query = url.slice(url.indexOf('?') + 1);
  if (query.length === url.length) return undefined;
  if (query.length > longestQuery) return failures.uriTooLong;
  for (const [name, value] of new URLSearchParams(query)) {
    if (value.length <= longestValue || notKept.has(name)) continue;
    const what = /^\w{1,40}$/.test(name) ? name : 'a parameter';
    return {
      status: 400,
      title: 'errorTitle',
      text: 'errorInvalidRequest',
      detail: `invalid_request: ${what} is longer than ${longestValue} characters`,
    };
  }
  return undefined;
}
