import { badRequest, duplicateFields, type FieldValidation } from '../../kube/index.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { checkTypes, isJsonObject, unknownFields } from '../schema/index.ts';
import { conversionProblem } from './claimed-kind.ts';
import { dropRepeatedOwners } from './drop-repeated-owners.ts';
import { claimsOf, parseBody, type RawBody } from './parse-body.ts';

export interface DecodedBody {
  /** Not yet defaulted; unknown fields are still in it. */
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/**
 * Reads a body as the type. Throws StatusError 415 for another format and 400 for a body that does not fit.
 * Source: Kubernetes apiserver/pkg/endpoints/handlers/create.go, rest.go transformDecodeError.
 */
export function decodeBody(
  type: ResourceType,
  contentType: string | undefined,
  body: Buffer,
  validation: FieldValidation,
): DecodedBody {
  const unreadable = (problem: string) => unrecognized(type.kind, problem, body);
  const raw = parseBody(contentType, body, unreadable);
  const expected = { apiVersion: groupVersionOf(type), kind: type.kind };
  const { apiVersion, kind } = claimsOf(raw, expected, unreadable);
  if (type.custom !== undefined) confirmClaims(type, raw.value);
  const claims = `${kind} in version ${JSON.stringify(versionOf(apiVersion))} cannot be handled as a ${type.kind}`;
  const mismatch = conversionProblem(type, apiVersion, kind) ?? checkTypes(type, raw.value);
  if (mismatch !== undefined) throw badRequest(`${claims}: ${mismatch}`);
  const warnings = validation === 'Ignore' ? [] : strictProblems(type, raw);
  if (validation === 'Strict' && warnings.length > 0) {
    throw badRequest(`${claims}: strict decoding error: ${warnings.join(', ')}`);
  }
  const object = withMetadata(raw.value, apiVersion, kind);
  return { object, warnings: [...warnings, ...dropRepeatedOwners(object)] };
}

/** Fields that the type does not have, then fields given twice. */
function strictProblems(type: ResourceType, raw: RawBody): string[] {
  return [...unknownFields(type, raw.value), ...(raw.json === undefined ? [] : duplicateFields(raw.json))];
}

/**
 * An object of a custom resource says itself what it is: nothing is taken from the URL. Throws StatusError 400.
 * Source: apimachinery/pkg/runtime/serializer/json, apiserver/pkg/endpoints/handlers/create.go.
 */
function confirmClaims(
  type: ResourceType,
  value: { readonly apiVersion?: unknown; readonly kind?: unknown },
): void {
  const { apiVersion = '', kind = '' } = value;
  const expected = groupVersionOf(type);
  if (kind === '') {
    const text = JSON.stringify(value).slice(0, longestQuote);
    const claims = `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}`;
    throw badRequest(`${claims}: Object 'Kind' is missing in '${text}'`);
  }
  if (apiVersion !== expected) {
    const text = `the API version in the data (${String(apiVersion)}) does not match the expected API version`;
    throw badRequest(`${text} (${expected})`);
  }
}

/** An answer need not be as long as the request. */
const longestQuote = 1000;

function versionOf(apiVersion: string): string {
  return apiVersion.split('/').at(-1) ?? apiVersion;
}

function withMetadata(value: object, apiVersion: string, kind: string): KubeObject {
  const { metadata } = value as { metadata?: unknown };
  return { ...value, apiVersion, kind, metadata: isJsonObject(metadata) ? metadata : {} };
}

function unrecognized(kind: string, problem: string, body: Buffer) {
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): ${problem} (${summary(body)})`,
  );
}

const summaryLength = 30;

/** Source: apiserver/pkg/endpoints/handlers/rest.go summarizeData. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const start = body.subarray(0, summaryLength);
  const text = body[0] === 0x7b ? start.toString('utf8') : start.toString('hex');
  return body.length > summaryLength ? `${text} ...` : text;
}
