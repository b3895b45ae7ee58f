import { encodeGoJson } from '../../kube/index.ts';

/** ASCII that needs no escape in Go's JSON. */
const PLAIN = /^[ !#-%'-;=?-[\]-~]*$/;
const BEYOND_ASCII = /[\x80-\xff]/;

/** A string as Go's encoding/json writes it. */
export function jsonText(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : encodeGoJson(text);
}

/** Node.js decodes header values byte by byte; those who send more than ASCII mean UTF-8. */
export function headerText(value: string): string {
  return BEYOND_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}
