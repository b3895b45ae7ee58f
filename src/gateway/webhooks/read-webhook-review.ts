import { type BodyOwner, readBody } from '../../http/index.ts';
import { duplicateMember, isObject, type JSONObject } from '../../jwt/index.ts';
import { badRequest, isDeeperThan, unsupportedMediaType } from '../../kube/index.ts';

export interface ReviewType {
  readonly kind: string;
  readonly apiVersions: readonly string[];
}

export interface WebhookReview {
  /** One of the type's; the answer has the same. */
  readonly apiVersion: string;
  readonly spec: JSONObject;
}

/** A question is short; nothing in it needs more. */
const MAX_BYTES = 262_144;
const MAX_DEPTH = 32;

/** Every member of the review kinds that something here reads. */
const MEMBERS = new Set(
  `apiVersion kind metadata spec status token audiences user group groups uid extra resourceAttributes
   nonResourceAttributes namespace verb version resource subresource name path fieldSelector labelSelector rawSelector
   requirements key operator values`.split(/\s+/),
);
const FOLDED = new Set([...MEMBERS].map(fold));
/** Their members have names of anybody's choice, or are not read. */
const FREE = new Set(['extra', 'metadata', 'status']);

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads a review as kube-apiserver's webhook clients send it: JSON. Strict where two readers could understand it
 * differently (a member twice, `User` beside `user`); members that a newer API server adds are passed over, as the API's
 * own rules for versions want it. No error quotes the body: it may hold a token, and errors are audited.
 * @throws StatusError 400, 413 or 415
 */
export async function readWebhookReview(request: BodyOwner, type: ReviewType): Promise<WebhookReview> {
  const { 'content-type': contentType = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const mediaType = contentType.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json' || encoding !== 'identity') {
    throw unsupportedMediaType(['application/json']);
  }
  const review = parse(await readBody(request, MAX_BYTES));
  const { apiVersion, kind, spec } = review;
  if (kind !== type.kind) throw badRequest(`kind: expected ${type.kind}`);
  if (typeof apiVersion !== 'string' || !type.apiVersions.includes(apiVersion)) {
    throw badRequest(`apiVersion: expected ${type.apiVersions.join(' or ')}`);
  }
  if (!isObject(spec)) throw badRequest('spec: expected object');
  return { apiVersion, spec };
}

function parse(bytes: Buffer): JSONObject {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw badRequest('the body is not JSON');
  }
  if (!isObject(value)) throw badRequest('the body is not a JSON object');
  if (isDeeperThan(value, MAX_DEPTH)) throw badRequest(`the body is nested deeper than ${MAX_DEPTH}`);
  if (duplicateMember(text) !== undefined) throw badRequest('the body has a member twice');
  const respelt = respeltMember(value);
  if (respelt !== undefined) throw badRequest(`the body has a member that looks like ${respelt}`);
  return value;
}

/** A known member in other letters, which Go's own reader used to take for the known one. */
function respeltMember(value: unknown): string | undefined {
  if (Array.isArray(value)) return firstOf(value);
  if (!isObject(value)) return undefined;
  for (const [name, child] of Object.entries(value)) {
    if (!MEMBERS.has(name) && FOLDED.has(fold(name))) return [...MEMBERS].find((m) => fold(m) === fold(name));
    const found = FREE.has(name) ? undefined : respeltMember(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function firstOf(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const found = respeltMember(value);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Both directions: the long s folds to S, the Kelvin sign to k. */
function fold(name: string): string {
  return name.toUpperCase().toLowerCase();
}
