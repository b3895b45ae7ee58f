import { parseYamlBody, YamlBodyError } from '../../http/index.ts';
import {
  badRequest,
  decodeKubeProtobuf,
  duplicateFields,
  type FieldValidation,
  goJsonProblem,
  ProtobufError,
  unsupportedMediaType,
} from '../../kube/index.ts';
import { builtInTable, groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import { checkTypes, isJsonObject, unknownFields } from '../schema/index.ts';
import { dropRepeatedOwners } from './drop-repeated-owners.ts';

export interface DecodedBody {
  /** Not yet defaulted; unknown fields are still in it. */
  readonly object: KubeObject;
  readonly warnings: readonly string[];
}

/** What a body claims to be and what it holds. */
interface RawBody {
  readonly value: unknown;
  /** The text, where the format can repeat a field. */
  readonly json?: string;
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
  const raw = parseBody(type.kind, contentType, body);
  if (!isJsonObject(raw.value)) throw unrecognized(type.kind, notAnObject(raw.value), body);
  const { apiVersion, kind } = claimedType(type, raw.value, body);
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

const bodyMediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The body's value by its media type; absent means JSON. Throws StatusError 415 or 400. */
export function parseBody(kind: string, contentType: string | undefined, body: Buffer): RawBody {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === '' || mediaType === 'application/json') return parseJsonBody(kind, body);
  if (mediaType === 'application/yaml') return { value: readYaml(kind, body) };
  if (mediaType === 'application/vnd.kubernetes.protobuf') return { value: decodeProtobufBody(kind, body) };
  throw unsupportedMediaType(bodyMediaTypes);
}

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/** Half a surrogate pair is no text; Go reads U+FFFD. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function parseJsonBody(kind: string, body: Buffer): RawBody {
  const json = body.toString('utf8');
  try {
    return { value: ESCAPED_SURROGATE.test(json) ? JSON.parse(json, wellFormed) : JSON.parse(json), json };
  } catch {
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${goJsonProblem(json)}`, body);
  }
}

function readYaml(kind: string, body: Buffer): unknown {
  try {
    return parseYamlBody(body);
  } catch (error) {
    if (!(error instanceof YamlBodyError)) throw error;
    throw unrecognized(
      kind,
      `couldn't get version/kind; error converting YAML to JSON: ${error.message}`,
      body,
    );
  }
}

function decodeProtobufBody(kind: string, body: Buffer): unknown {
  const value = readProtobuf(kind, body);
  if (value === undefined) throw unsupportedMediaType(bodyMediaTypes);
  return value;
}

function readProtobuf(kind: string, body: Buffer): unknown {
  try {
    return decodeKubeProtobuf(body);
  } catch (error) {
    if (error instanceof ProtobufError) throw unrecognized(kind, error.message, body);
    throw error;
  }
}

function claimedType(type: ResourceType, value: object, body: Buffer): { apiVersion: string; kind: string } {
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  for (const [field, claim] of Object.entries({ apiVersion, kind })) {
    if (claim === undefined || claim === null || typeof claim === 'string') continue;
    const problem = `json: cannot unmarshal ${typeName(claim)} into Go struct field .${field} of type string`;
    throw unrecognized(type.kind, `couldn't get version/kind; json parse error: ${problem}`, body);
  }
  if (String(apiVersion).split('/').length > 2)
    throw unrecognized(type.kind, `unexpected GroupVersion string: ${String(apiVersion)}`, body);
  return {
    apiVersion: typeof apiVersion === 'string' && apiVersion !== '' ? apiVersion : groupVersionOf(type),
    kind: typeof kind === 'string' && kind !== '' ? kind : type.kind,
  };
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

/** Why an object that says to be of another version or kind is none of this type; undefined when it is. */
export function conversionProblem(type: ResourceType, apiVersion: string, kind: string): string | undefined {
  // Another kind is none of its definition's: that is for validation to say.
  if (type.custom !== undefined) return undefined;
  if (kind === type.kind && apiVersion === groupVersionOf(type)) return undefined;
  const other = builtInTable.findKind(apiVersion, kind);
  if (other === undefined) {
    const scheme = 'k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30';
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "${scheme}"`;
  }
  const internal = `${packageOf(type.group)}.${type.kind}`;
  return `converting (${other.version}.${kind}) to (${internal}): unknown conversion`;
}

/** The Go package of a group's internal types. */
function packageOf(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

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

/** A JSON type by encoding/json's name. */
function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function notAnObject(value: unknown): string {
  const goType =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${typeName(value)} into Go value of type ${goType}`;
}

const summaryLength = 30;

/** Source: apiserver/pkg/endpoints/handlers/rest.go summarizeData. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>';
  const start = body.subarray(0, summaryLength);
  const text = body[0] === 0x7b ? start.toString('utf8') : start.toString('hex');
  return body.length > summaryLength ? `${text} ...` : text;
}
