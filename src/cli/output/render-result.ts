import type { OutputChoice } from './output-options.ts';
import { escapeControls } from './printable.ts';
import { renderTable, type Table } from './table.ts';
import { yamlText } from './yaml-text.ts';

/** The version of every result that a question prints with `-o json` and `-o yaml`. */
const RESULT_API_VERSION = 'sallyport.dev/v1alpha1';

/** An answer in all its forms. */
export interface Result {
  /** For example WhoCanResult. */
  readonly kind: string;
  /** The members beside `apiVersion` and `kind`; fields with the value undefined are left out. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What people read: a table, or text that ends with a line feed. */
  readonly human: Table | string;
  /** Instead of a table without rows. */
  readonly whenEmpty?: string;
}

export function renderResult(result: Result, { format, headers }: OutputChoice): string {
  switch (format) {
    case 'json':
      return jsonText({ apiVersion: RESULT_API_VERSION, kind: result.kind, ...result.body });
    case 'yaml':
      return yamlText(definedOnly({ apiVersion: RESULT_API_VERSION, kind: result.kind, ...result.body }));
    default: {
      const { human, whenEmpty } = result;
      if (typeof human === 'string') return human;
      if (human.rows.length === 0 && whenEmpty !== undefined) return `${whenEmpty}\n`;
      return renderTable(human, { wide: format === 'wide', headers });
    }
  }
}

export function jsonText(value: unknown): string {
  return `${escapeControls(JSON.stringify(value, undefined, 2))}\n`;
}

/** As JSON has it: without what is undefined, sets and maps resolved by their owners before. */
function definedOnly(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
