import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type YAMLMap } from 'yaml';
import { nearestOffset } from '../nearest-offset.ts';
import { type Found, parseOneDocument } from '../parse-one-document.ts';
import { AuditPolicyError } from './audit-policy-error.ts';
import { auditPolicyShape, type ObjectShape, type RawAuditPolicy, type Shape } from './policy-shape.ts';

/** A decoded policy, and a way to refuse it at one of its fields. */
export interface DecodedAuditPolicy {
  readonly raw: RawAuditPolicy;
  /** @param path such as `rules[0].level`; the nearest parent that is there gives the place */
  refuse(problems: readonly { readonly path: string; readonly message: string }[]): never;
}

type Raw = string | boolean | readonly Raw[] | { readonly [name: string]: Raw } | undefined;

interface Decoder {
  readonly document: Document.Parsed;
  readonly offsets: Map<string, number>;
  readonly found: Found[];
}

/**
 * Reads the YAML (or JSON) text strictly: where kube-apiserver only warns of an unknown or a repeated field, the policy is
 * refused, because a rule that does not say what its author meant leaves a hole in the log that nobody sees.
 * @throws AuditPolicyError
 */
export function decodeAuditPolicy(text: string, file: string): DecodedAuditPolicy {
  const lineCounter = new LineCounter();
  const refuse = (found: readonly Found[]): never => {
    throw new AuditPolicyError(
      found.map(({ offset, message }) => {
        const { line, col } = lineCounter.linePos(offset);
        return { file, line, column: col, message };
      }),
    );
  };
  const document = parseOneDocument(text, lineCounter, 'the audit policy is empty');
  if (Array.isArray(document)) return refuse(document);
  const decoder: Decoder = { document, offsets: new Map([['', 0]]), found: [] };
  const raw = decodeNode(decoder, document.contents, auditPolicyShape, '');
  if (decoder.found.length > 0) refuse(decoder.found.sort((one, other) => one.offset - other.offset));
  return {
    // The decoding admits exactly the fields and types of the shape.
    raw: (raw ?? {}) as unknown as RawAuditPolicy,
    refuse: (problems) =>
      refuse(
        problems.map(({ path, message }) => ({ offset: nearestOffset(decoder.offsets, path), message })),
      ),
  };
}

function decodeNode(decoder: Decoder, given: Node | null, shape: Shape, path: string): Raw {
  const node = isAlias(given) ? given.resolve(decoder.document) : given;
  const offset = given?.range?.[0] ?? 0;
  if (isAlias(given) && node === undefined) {
    decoder.found.push({ offset, message: `yaml: unknown anchor '${given.source}' referenced` });
  }
  if (node === null || node === undefined || (isScalar(node) && node.value === null)) return undefined;
  decoder.offsets.set(path, offset);
  const expected = typeOf(shape);
  const type = jsonType(node);
  if (type !== expected) {
    decoder.found.push({ offset, message: `${path || 'the policy'} must be ${expected}, not ${type}` });
    return undefined;
  }
  if (isScalar(node)) return typeof node.value === 'boolean' ? node.value : textOf(node);
  if (typeof shape === 'string') return {};
  if (isMap(node) && 'fields' in shape) return decodeObject(decoder, node, shape, path);
  if (!isSeq(node) || !('list' in shape)) return undefined;
  const { list } = shape;
  return node.items.map((item, index) => {
    const element = decodeNode(decoder, item as Node | null, list, `${path}[${index}]`);
    // A null element is Go's zero value.
    return element ?? (list === 'string' ? '' : {});
  });
}

function decodeObject(decoder: Decoder, node: YAMLMap, shape: ObjectShape, path: string): Raw {
  const value: Record<string, Raw> = {};
  const seen = new Set<string>();
  for (const { key, value: member } of node.items) {
    const name = isScalar(key) ? textOf(key) : '';
    const offset = (isScalar(key) ? key.range?.[0] : undefined) ?? node.range?.[0] ?? 0;
    const fieldPath = path === '' ? name : `${path}.${name}`;
    const field = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
    if (seen.has(name)) {
      decoder.found.push({
        offset,
        message: `strict decoding error: duplicate field ${JSON.stringify(fieldPath)}`,
      });
    } else if (field === undefined) {
      decoder.found.push({
        offset,
        message: `strict decoding error: unknown field ${JSON.stringify(fieldPath)}`,
      });
    } else {
      value[name] = decodeNode(decoder, member as Node | null, field, fieldPath);
    }
    seen.add(name);
  }
  return value;
}

/** A scalar's text; dates of YAML 1.1 count as the text that was written. */
function textOf(node: { readonly value: unknown; readonly source?: string }): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function typeOf(shape: Shape): string {
  if (shape === 'string') return 'a string';
  if (shape === 'bool') return 'a boolean';
  return typeof shape === 'object' && 'list' in shape ? 'a list' : 'an object';
}

function jsonType(node: Node): string {
  if (isMap(node)) return 'an object';
  if (isSeq(node)) return 'a list';
  if (!isScalar(node)) return 'nothing';
  if (typeof node.value === 'boolean') return 'a boolean';
  return typeof node.value === 'number' || typeof node.value === 'bigint' ? 'a number' : 'a string';
}
