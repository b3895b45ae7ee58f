import { parseYamlBody, YamlBodyError } from '../../http/index.ts';
import { decodeKubeProtobuf, goJsonProblem, ProtobufError, unsupportedMediaType } from '../../kube/index.ts';
import { goJsonType, isJsonObject } from '../schema/index.ts';

/** What a body holds, whatever it is to be. */
export interface RawBody {
  /** A body that is null holds nothing. */
  readonly value: Readonly<Record<string, unknown>>;
  /** The text, where the format can repeat a field. */
  readonly json?: string;
}

/** What a body claims to be. */
export interface Claims {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The answer to a body that cannot be read, from what is wrong with it in the words of Go's decoders. */
export type Unreadable = (problem: string) => Error;

const bodyMediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The body's object by its media type; absent means JSON. Throws StatusError 415, or what `unreadable` makes. */
export function parseBody(contentType: string | undefined, body: Buffer, unreadable: Unreadable): RawBody {
  const { value, json } = parseValue(contentType, body, unreadable);
  const held = value ?? {};
  if (!isJsonObject(held)) throw unreadable(notAnObject(held));
  return { value: held, ...(json !== undefined && { json }) };
}

function parseValue(
  contentType: string | undefined,
  body: Buffer,
  unreadable: Unreadable,
): { readonly value: unknown; readonly json?: string } {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaType === '' || mediaType === 'application/json') return parseJson(body, unreadable);
  if (mediaType === 'application/yaml') return { value: readYaml(body, unreadable) };
  if (mediaType === 'application/vnd.kubernetes.protobuf') return { value: readProtobuf(body, unreadable) };
  throw unsupportedMediaType(bodyMediaTypes);
}

const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F]/;

/** Half a surrogate pair is no text; Go reads U+FFFD. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function parseJson(body: Buffer, unreadable: Unreadable): { readonly value: unknown; readonly json: string } {
  const json = body.toString('utf8');
  try {
    return { value: ESCAPED_SURROGATE.test(json) ? JSON.parse(json, wellFormed) : JSON.parse(json), json };
  } catch {
    throw unreadable(`couldn't get version/kind; json parse error: ${goJsonProblem(json)}`);
  }
}

function readYaml(body: Buffer, unreadable: Unreadable): unknown {
  try {
    return parseYamlBody(body);
  } catch (error) {
    if (!(error instanceof YamlBodyError)) throw error;
    throw unreadable(`couldn't get version/kind; error converting YAML to JSON: ${error.message}`);
  }
}

function readProtobuf(body: Buffer, unreadable: Unreadable): unknown {
  const value = decodeProtobuf(body, unreadable);
  if (value === undefined) throw unsupportedMediaType(bodyMediaTypes);
  return value;
}

function decodeProtobuf(body: Buffer, unreadable: Unreadable): unknown {
  try {
    return decodeKubeProtobuf(body);
  } catch (error) {
    if (error instanceof ProtobufError) throw unreadable(error.message);
    throw error;
  }
}

/** What the body says it is, or else what is expected. Throws what `unreadable` makes. */
export function claimsOf({ value }: RawBody, expected: Claims, unreadable: Unreadable): Claims {
  const { apiVersion, kind } = value;
  for (const [field, claim] of Object.entries({ apiVersion, kind })) {
    if (claim === undefined || claim === null || typeof claim === 'string') continue;
    const problem = `json: cannot unmarshal ${goJsonType(claim)} into Go struct field .${field} of type string`;
    throw unreadable(`couldn't get version/kind; json parse error: ${problem}`);
  }
  if (String(apiVersion).split('/').length > 2)
    throw unreadable(`unexpected GroupVersion string: ${String(apiVersion)}`);
  return { apiVersion: String(apiVersion || expected.apiVersion), kind: String(kind || expected.kind) };
}

function notAnObject(value: unknown): string {
  const goType =
    'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';
  return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goJsonType(value)} into Go value of type ${goType}`;
}
