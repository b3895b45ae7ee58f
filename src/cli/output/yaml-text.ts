import { Document, Scalar, visit } from 'yaml';
import { escapeControls, hasControls } from './printable.ts';

/**
 * One document, or several with `---` between them. YAML 1.1 is what kubectl reads: there, an unquoted `yes` or `1:30`
 * is no string.
 */
export function yamlText(...values: readonly unknown[]): string {
  return values.map(documentText).join('---\n');
}

function documentText(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // In double quotes the escapes below mean the same characters.
      if (typeof node.value === 'string' && hasControls(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return escapeControls(document.toString({ lineWidth: 0 }));
}
