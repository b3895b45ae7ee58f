import { type Document, type LineCounter, parseAllDocuments } from 'yaml';

/** Something wrong at an offset of the text. */
export interface Found {
  readonly offset: number;
  readonly message: string;
}

/**
 * Parses a configuration file of Kubernetes' kind, YAML 1.1 or JSON, as one document; else says what is wrong and where.
 * Repeated keys are let through: decoders find them, to name them with their path.
 * @param empty what to say of a file without content
 */
export function parseOneDocument(
  text: string,
  lineCounter: LineCounter,
  empty: string,
): Document.Parsed | Found[] {
  const parsed = parseAllDocuments(text, {
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    lineCounter,
  });
  const [document, second] = Array.isArray(parsed) ? parsed : [];
  if (document === undefined || text.trim() === '') return [{ offset: 0, message: empty }];
  if (document.errors.length > 0) {
    return document.errors.map((error) => ({ offset: error.pos[0], message: `yaml: ${error.message}` }));
  }
  // Kubernetes ignores a second document silently, whatever it says.
  return second === undefined
    ? document
    : [{ offset: second.range[0], message: 'only one YAML document is allowed' }];
}
