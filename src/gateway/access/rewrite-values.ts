import { badRequest } from '../../kube/index.ts';
import { namedByConnection } from '../upstream/named-by-connection.ts';
import { type Asked, headerLines } from './asked.ts';
import type { Rewrites } from './authorization.ts';

/** Each value is a decision. */
const MAX_VALUES = 100;
const VISIBLE = /^[!-~](?:[ -~]*[!-~])?$/;

/**
 * Every value that a request has for a rewrite. The service reads the same bytes with a parser of its own, so a request
 * is refused when that could find other values (CVE-2022-2880, CVE-2026-39825).
 * @throws StatusError 400
 */
export function rewriteValues(
  { byQueryParameter, byHttpHeader }: Rewrites,
  { target, rawHeaders }: Asked,
): string[] {
  const values: string[] = [];
  if (byQueryParameter !== undefined) values.push(...queryValues(byQueryParameter.name, target));
  if (byHttpHeader !== undefined) values.push(...headerValues(byHttpHeader.name, rawHeaders));
  if (values.length > MAX_VALUES) throw badRequest(`more than ${MAX_VALUES} values to be authorized`);
  return values;
}

function queryValues(name: string, target: string): string[] {
  const queryStart = target.indexOf('?');
  const query = queryStart < 0 ? '' : target.slice(queryStart + 1);
  // Old parsers split at it, new ones do not.
  if (query.includes(';')) throw ambiguous('a semicolon');
  const values: string[] = [];
  for (const part of query.split('&')) {
    const equals = part.indexOf('=');
    const rawKey = equals < 0 ? part : part.slice(0, equals);
    const rawValue = equals < 0 ? '' : part.slice(equals + 1);
    const [key, value] = [decoded(rawKey), decoded(rawValue)];
    if (key === name) {
      if (rawKey !== name) throw ambiguous(`an encoded spelling of ${name}`);
      values.push(plainValue(value, `the query parameter ${name}`));
    } else if (isRelated(key, name)) {
      throw ambiguous(`a parameter that some parsers take for ${name}`);
    }
  }
  return values;
}

/** `Name`, ` name`, `name[]`, `name[0]`, `name.x`: the parsers of PHP, Rails, qs and others make `name` of them. */
function isRelated(key: string, name: string): boolean {
  const trimmed = key.trim().toLowerCase();
  if (!folded(trimmed).startsWith(folded(name.toLowerCase()))) return false;
  return ['', '[', '.', ' ', '\0'].includes(trimmed.charAt(name.length));
}

/** PHP's names have no blank and no dot. */
function folded(name: string): string {
  return name.replace(/[ .]/g, '_');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw ambiguous('a malformed percent-encoding');
  }
}

function headerValues(header: string, rawHeaders: readonly string[]): string[] {
  const name = header.toLowerCase();
  // Every hop may drop what Connection names: then the service would not see what was authorized.
  if (namedByConnection(headerLines(rawHeaders, 'connection')).has(name)) {
    throw badRequest(`ambiguous request: Connection names ${header}`);
  }
  return headerLines(rawHeaders, name).map((value) => plainValue(value, `the header ${header}`));
}

/** A value with `%` in it is a second one to whoever decodes twice. */
function plainValue(value: string, place: string): string {
  if (VISIBLE.test(value) && !value.includes('%')) return value;
  throw badRequest(
    value === '' ? `${place} is empty` : `ambiguous request: ${place} has characters that are not plain`,
  );
}

function ambiguous(what: string) {
  return badRequest(`ambiguous request: ${what} in the query`);
}
