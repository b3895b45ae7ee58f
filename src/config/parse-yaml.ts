import { type Document, isCollection, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigFault } from './config-error.ts';
import { pathText } from './issue-text.ts';

/** A YAML document that remembers where each of its values stands. */
export interface LocatedYaml {
  readonly value: unknown;
  /** The fault for a value or, where the path ends in a key that is absent, for the nearest value that is there. */
  faultAt(path: readonly PropertyKey[], message: string): ConfigFault;
  /** The fault for a key (not its value). */
  faultAtKey(path: readonly PropertyKey[], key: string, message: string): ConfigFault;
}

/** @throws ConfigError with line and column for broken YAML and duplicate keys */
export function parseYaml(text: string, file: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({ file, ...at(error.pos[0]), path: '', message: error.message })),
    );
  }
  return {
    value: document.toJS({ maxAliasCount: 100 }),
    faultAt: (path, message) => ({ file, ...at(offsetOf(document, path)), path: pathText(path), message }),
    faultAtKey: (path, key, message) => ({
      file,
      ...at(offsetOfKey(document, path, key)),
      path: pathText([...path, key]),
      message,
    }),
  };
}

function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const head = path.slice(0, length);
    const node = length === 0 ? document.contents : document.getIn(head, true);
    if ((isScalar(node) || isCollection(node)) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(document: Document, path: readonly PropertyKey[], key: string): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(map)) {
    for (const pair of map.items) {
      if (isScalar(pair.key) && pair.key.value === key && pair.key.range) return pair.key.range[0];
    }
  }
  return offsetOf(document, path);
}
