import { goQuote } from './go-quote.ts';

/**
 * Replaces what could begin HTML in a text that repeats the client's words.
 * Source: Kubernetes apiserver pkg/endpoints/handlers/responsewriters/errors.go.
 */
export function htmlSanitize(text: string): string {
  return /[&<>]/.test(text)
    ? text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    : text;
}

/**
 * The body of kube-apiserver's text/plain 500.
 * @param target the raw request target.
 */
export function internalServerErrorText(target: string, message: string): string {
  return `${htmlSanitize(`Internal Server Error: ${goQuote(target)}: ${message}`)}\n`;
}
