/** Markup that is safe to send: made only by the `html` tag, never from a plain string. */
const markup = Symbol('markup');

export interface Html {
  readonly [markup]: string;
}

/** What a template may hold. Text is escaped; `false`, `null` and `undefined` render as nothing. */
export type Content = Html | string | number | false | null | undefined | readonly Content[];

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for element content and for attribute values in either kind of quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => replacements[char] ?? '');
}

function isHtml(content: Content): content is Html {
  return typeof content === 'object' && content !== null && markup in content;
}

function render(content: Content): string {
  if (content === undefined || content === null || content === false) return '';
  if (typeof content === 'string') return escapeHtml(content);
  if (typeof content === 'number') return String(content);
  if (isHtml(content)) return content[markup];
  return content.map(render).join('');
}

/**
 * Template tag that escapes every value put into it; only what another `html` made passes as markup.
 * Attribute values must be quoted in the template.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  let out = strings[0] ?? '';
  values.forEach((value, index) => {
    out += render(value) + (strings[index + 1] ?? '');
  });
  return { [markup]: out };
}

/** The text of finished markup, to be sent. */
export function toText(content: Html): string {
  return content[markup];
}
