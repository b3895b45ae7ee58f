import type { Content } from '../html.ts';
import type { en } from './en.ts';

/** One language's texts. A text may hold {placeholders}; it never holds markup. */
export type Messages = { readonly [Key in keyof typeof en]: string };

/** Puts values into a text's {placeholders}; the values may be markup, the text is escaped when rendered. */
export function fill(text: string, values: Readonly<Record<string, Content>>): readonly Content[] {
  return text
    .split(/\{(\w+)\}/)
    .map((part, index) => (index % 2 === 0 ? part : Object.hasOwn(values, part) ? values[part] : ''));
}
