import type { z } from 'zod';

/** What is wrong, in the words of a fault. */
export function issueText(issue: z.core.$ZodIssue): string {
  const message = lowerFirst(issue.message);
  const missing = issue.code === 'invalid_type' && message.endsWith(', received undefined');
  return missing ? `missing; ${message.replace(/, received undefined$/, '')}` : message;
}

/** Where it is, as in `staticClients[0].redirectURIs[1]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

function lowerFirst(text: string): string {
  return text.replace(/^Invalid input: /, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}
