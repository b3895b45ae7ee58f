import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';

/**
 * A YAML parser's work grows faster than its input: keys that are collections, aliases of aliases and long lists of keys
 * each let a kilobyte cost seconds. So a body in YAML is small, shallow, and has neither aliases nor collections as keys.
 * Programs send JSON or protobuf; people's manifests are converted by kubectl.
 */
const MAX_YAML_BYTES = 65_536;
const MAX_DEPTH = 100;

/** The body is not YAML that is taken here; the message says why. */
export class YamlBodyError extends Error {
  readonly code = 'SP_YAML_BODY';
}

/**
 * A request body in YAML as the JSON value that it means.
 * @throws YamlBodyError
 */
export function parseYamlBody(body: Buffer): unknown {
  if (body.length > MAX_YAML_BYTES) {
    throw new YamlBodyError(`a body in YAML may have ${MAX_YAML_BYTES} bytes; send JSON`);
  }
  // Duplicate keys are found below: the parser's own search compares each key with each.
  const document = parseDocument(body.toString('utf8'), {
    uniqueKeys: false,
    prettyErrors: false,
    schema: 'core',
    logLevel: 'error',
  });
  const [error] = document.errors;
  if (error !== undefined) throw new YamlBodyError(error.message.split('\n')[0] ?? 'not YAML');
  return jsonOf(document.contents, 0);
}

function jsonOf(node: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new YamlBodyError(`nested deeper than ${MAX_DEPTH}`);
  if (node === null || node === undefined) return null;
  if (isAlias(node)) throw new YamlBodyError('aliases are not taken; write the value out');
  if (isScalar(node)) return node.value ?? null;
  if (isSeq(node)) return node.items.map((item) => jsonOf(item, depth + 1));
  if (!isMap(node)) throw new YamlBodyError('neither a scalar nor a list nor a map');
  const entries = new Map<string, unknown>();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw new YamlBodyError('a key must be a string');
    const name = String(key.value);
    if (entries.has(name)) throw new YamlBodyError(`key ${JSON.stringify(name)} is given twice`);
    entries.set(name, jsonOf(value, depth + 1));
  }
  return Object.fromEntries(entries);
}
