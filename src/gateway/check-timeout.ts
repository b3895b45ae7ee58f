import { badRequest, firstQueryValue, goQuote, parseGoQuery } from '../kube/index.ts';

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  '\u00b5s': 1e-6,
  '\u03bcs': 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
/** Go's Duration: 63 bits of nanoseconds. */
const MAX_SECONDS = 2 ** 63 / 1e9;
const PART = /^(\d+\.?\d*|\.\d+)([^.\d]*)/;

/**
 * Refuses a `timeout` that is no duration, as kube-apiserver does before it asks who the caller is. How long a request
 * really may take is the API server's affair.
 * Source: Kubernetes apiserver/pkg/endpoints/filters/request_deadline.go.
 * @throws StatusError 400
 */
export function checkTimeout(target: string): void {
  const start = target.indexOf('?');
  if (start < 0 || !target.includes('timeout=', start)) return;
  const timeout = firstQueryValue(parseGoQuery(target.slice(start + 1)), 'timeout') ?? '';
  const problem = timeout === '' ? undefined : durationProblem(timeout);
  if (problem !== undefined) throw badRequest(`invalid timeout specified in the request URL - ${problem}`);
}

/** What Go's time.ParseDuration says. */
function durationProblem(text: string): string | undefined {
  const invalid = `time: invalid duration ${goQuote(text)}`;
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return undefined;
  if (rest === '') return invalid;
  let seconds = 0;
  while (rest !== '') {
    const [part, number = '', unit = ''] = PART.exec(rest) ?? [];
    if (part === undefined) return invalid;
    if (unit === '') return `time: missing unit in duration ${goQuote(text)}`;
    const scale = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (scale === undefined) return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`;
    seconds += Number(number) * scale;
    rest = rest.slice(part.length);
  }
  return seconds >= MAX_SECONDS ? invalid : undefined;
}
