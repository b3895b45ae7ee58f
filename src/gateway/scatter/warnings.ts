import type { ServerResponse } from 'node:http';

/** Header lines that one answer has at most, and characters of one: clients bound all headers of an answer together. */
const MOST = 64;
const MOST_CHARACTERS = 512;
/** What may stand in a header (RFC 9110 §5.5); Node.js throws at anything else. */
const FIELD_VALUE = /^[\t -~\u0080-\u00ff]*$/;

/** The warnings of one answer (RFC 7234 §5.5): who is missing, and what the API servers have to say. */
export interface Warnings {
  /** @param text printable ASCII */
  add(text: string): void;
  /** Of another answer: a header's value, which may not have been one's own. */
  pass(value: string): void;
}

/** Each is told once. Must not be used any more when the answer's headers are out. */
export function createWarnings(response: Pick<ServerResponse, 'setHeader'>): Warnings {
  const values = new Set<string>();
  const set = (value: string) => {
    if (values.size >= MOST || value.length > MOST_CHARACTERS || values.has(value)) return;
    values.add(value);
    response.setHeader('Warning', [...values]);
  };
  return {
    add: (text) => set(`299 - ${JSON.stringify(text)}`),
    pass: (value) => {
      if (FIELD_VALUE.test(value)) set(value);
    },
  };
}
