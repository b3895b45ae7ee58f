import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type YAMLMap } from 'yaml';
import { nearestOffset } from '../nearest-offset.ts';
import { type Found, parseOneDocument } from '../parse-one-document.ts';
import { AuthenticationConfigurationError } from './configuration-error.ts';
import {
  authenticationConfigurationShape,
  type ObjectShape,
  type RawAuthenticationConfiguration,
  type Shape,
} from './configuration-shape.ts';

/** A decoded configuration and where each of its fields stands. */
export interface DecodedConfiguration {
  readonly raw: RawAuthenticationConfiguration;
  /** Position of a field path such as `jwt[0].issuer.url`, or of its nearest parent that is there. */
  positionOf(path: string): Position;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

type Raw = string | boolean | readonly Raw[] | { readonly [name: string]: Raw } | undefined;

const versions = ['v1', 'v1beta1', 'v1alpha1'];
const configurationGroup = 'apiserver.config.k8s.io';

/**
 * Reads the YAML (or JSON) text strictly: unknown fields, duplicate fields, wrong types and a second
 * document are refused. Throws AuthenticationConfigurationError of stage 'load'.
 */
export function decodeConfiguration(text: string, file: string): DecodedConfiguration {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const refuse = (found: readonly Found[]): never => {
    throw new AuthenticationConfigurationError(
      'load',
      found.map(({ offset, message }) => ({ file, ...at(offset), message })),
    );
  };

  const document = parseOneDocument(text, lines, 'empty config data');
  if (Array.isArray(document)) return refuse(document);
  const version = versionOf(document.contents);
  if (typeof version !== 'string') return refuse([version]);
  const decoder: Decoder = {
    document,
    version,
    lines,
    offsets: new Map(),
    wrongTypes: [],
    duplicates: [],
    unknown: [],
  };
  const raw = decodeNode(decoder, document.contents, authenticationConfigurationShape, '', {
    goName: '',
    names: [],
  });
  if (decoder.wrongTypes.length > 0) refuse(decoder.wrongTypes);
  if (decoder.duplicates.length + decoder.unknown.length > 0)
    refuse([...decoder.duplicates, ...decoder.unknown]);
  return {
    // The decoding admits exactly the fields and types of the shape.
    raw: raw as unknown as RawAuthenticationConfiguration,
    positionOf: (path) => at(nearestOffset(decoder.offsets, path)),
  };
}

interface Decoder {
  readonly document: Document.Parsed;
  readonly version: string;
  readonly lines: LineCounter;
  readonly offsets: Map<string, number>;
  readonly wrongTypes: Found[];
  readonly duplicates: Found[];
  readonly unknown: Found[];
}

function versionOf(root: unknown): string | Found {
  const kind = topLevelText(root, 'kind');
  const apiVersion = topLevelText(root, 'apiVersion');
  if (kind === undefined) return { offset: 0, message: "Object 'Kind' is missing" };
  if (apiVersion === undefined) return { offset: 0, message: "Object 'apiVersion' is missing" };
  const version = versions.find((name) => apiVersion === `${configurationGroup}/${name}`);
  if (version !== undefined && kind === 'AuthenticationConfiguration') return version;
  const quoted = `${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`;
  return { offset: 0, message: `no kind ${quoted}` };
}

function decodeNode(decoder: Decoder, given: Node | null, shape: Shape, path: string, owner: Owner): Raw {
  const node = isAlias(given) ? given.resolve(decoder.document) : given;
  const offset = node?.range?.[0] ?? given?.range?.[0] ?? 0;
  if (isAlias(given) && node === undefined) {
    decoder.wrongTypes.push({ offset, message: `yaml: unknown anchor '${given.source}' referenced` });
  }
  if (node === null || node === undefined || (isScalar(node) && node.value === null)) return undefined;
  decoder.offsets.set(path, offset);
  const found = jsonType(node);
  const expected = typeof shape === 'string' ? shape : 'list' in shape ? 'array' : 'object';
  if (found !== expected) {
    const field = [owner.goName, ...owner.names].join('.');
    const type = goType(shape, decoder.version);
    const message = `json: cannot unmarshal ${found} into Go struct field ${field} of type ${type}`;
    decoder.wrongTypes.push({ offset, message });
    return undefined;
  }
  if (isScalar(node)) return typeof node.value === 'boolean' ? node.value : (textOf(node) ?? '');
  if (typeof shape === 'string') return undefined;
  if (isMap(node) && 'fields' in shape) return decodeObject(decoder, node, shape, path, owner);
  if (!isSeq(node) || !('list' in shape)) return undefined;
  const { list } = shape;
  return node.items.map((item, index) => {
    const element = decodeNode(decoder, item as Node | null, list, `${path}[${index}]`, owner);
    // A null element is Go's zero value.
    return element ?? (list === 'string' ? '' : {});
  });
}

function decodeObject(decoder: Decoder, node: YAMLMap, shape: ObjectShape, path: string, owner: Owner): Raw {
  const value: Record<string, Raw> = {};
  const seen = new Set<string>();
  for (const { key, value: member } of node.items) {
    const name = isScalar(key) ? (textOf(key) ?? String(key.value)) : '';
    const offset = (isScalar(key) ? key.range?.[0] : undefined) ?? node.range?.[0] ?? 0;
    const fieldPath = path === '' ? name : `${path}.${name}`;
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (seen.has(name)) {
      const { line } = decoder.lines.linePos(offset);
      const message = `yaml: unmarshal errors:\n  line ${line}: key ${JSON.stringify(name)} already set in map`;
      decoder.duplicates.push({ offset, message: `strict decoding error: ${message}` });
    } else if (field === undefined) {
      const message = `strict decoding error: unknown field ${JSON.stringify(fieldPath)}`;
      decoder.unknown.push({ offset, message });
    } else {
      const fieldOwner = { goName: shape.goName, names: [...owner.names, name] };
      value[name] = decodeNode(decoder, member as Node | null, field, fieldPath, fieldOwner);
    }
    seen.add(name);
  }
  return value;
}

interface Owner {
  readonly goName: string;
  readonly names: readonly string[];
}

function topLevelText(root: unknown, name: string): string | undefined {
  const value = isMap(root) ? root.get(name, true) : undefined;
  return value !== undefined && isScalar(value) ? textOf(value) || undefined : undefined;
}

/** A scalar's text when it is one; dates and binary of YAML 1.1 count as the text that was written. */
function textOf(node: { readonly value: unknown; readonly source?: string }): string | undefined {
  if (typeof node.value === 'string') return node.value;
  return typeof node.value === 'object' && node.value !== null ? node.source : undefined;
}

function jsonType(node: Node): string {
  if (isMap(node)) return 'object';
  if (isSeq(node)) return 'array';
  if (!isScalar(node)) return 'null';
  if (typeof node.value === 'boolean') return 'bool';
  return typeof node.value === 'number' || typeof node.value === 'bigint' ? 'number' : 'string';
}

function goType(shape: Shape, version: string): string {
  if (typeof shape === 'string') return shape;
  return 'list' in shape ? `[]${goType(shape.list, version)}` : `${version}.${shape.goName}`;
}
