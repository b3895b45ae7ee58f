import { duplicateMember } from './duplicate-member.ts';

/** A JWT's claims, or a JOSE header: what JSON.parse gave for an object. Read it with readMember. */
export type JSONObject = Readonly<Record<string, unknown>>;

/** The three parts of a token in JWS compact serialization whose payload is a JSON object. */
export interface CompactJWS {
  readonly claims: JSONObject;
  readonly claimsText: string;
  /** Still encoded. */
  readonly header: string;
  /** Still encoded. */
  readonly signature: string;
  /** RFC 7515 §5.2: the encoded header, a dot, the encoded payload. */
  readonly signingInput: string;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const base64urlAlphabet = /^[\w-]*$/;

/** Splits a token; undefined when it is no such JWT (an opaque token, a JWE, JSON serialization). */
export function parseCompactJWS(token: string): CompactJWS | undefined {
  const [header, payload, signature, ...more] = token.split('.', 4);
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0) {
    return undefined;
  }
  const claimsText = decodeText(payload);
  const claims = claimsText === undefined ? undefined : parseObject(claimsText);
  if (claims === undefined || claimsText === undefined) return undefined;
  return { claims, claimsText, header, signature, signingInput: `${header}.${payload}` };
}

/**
 * The JOSE header; a string says why it is not acceptable. A member twice is refused, and so are
 * embedded keys and certificates: a token never brings its own key.
 */
export function parseHeader(encoded: string): JSONObject | string {
  const text = decodeText(encoded);
  if (text === undefined) return 'illegal base64 data';
  const header = parseObject(text);
  if (header === undefined) return 'the header is not a JSON object';
  const twice = duplicateMember(text);
  if (twice !== undefined) return `json: duplicate key '${twice}' in object`;
  for (const name of ['jwk', 'x5c']) {
    if (readMember(header, name) !== undefined) return `the header has ${name}`;
  }
  return header;
}

/**
 * Decodes base64url strictly: no padding, no white space, and only the one spelling that encoding
 * gives. Otherwise one token would have many texts, each a different entry of a cache or blocklist.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  if (!base64urlAlphabet.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

/** An own member; names such as `constructor` or `__proto__` are ordinary. */
export function readMember(object: JSONObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** JSON's name for a value's type, as Go's decoding errors print it. */
export function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

export function isObject(value: unknown): value is JSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeText(encoded: string): string | undefined {
  const bytes = decodeBase64url(encoded);
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function parseObject(text: string): JSONObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
