import { type Attributes, forbidden, htmlSanitize, type StatusError } from '../../kube/index.ts';
import type { NearMiss } from '../../rbac/index.ts';

/** Addresses of pages for whoever was refused. */
export interface RefusalPages {
  /** The same at leisure. */
  readonly explanation: string | undefined;
  /** Where what is missing can be asked for. */
  readonly request: string | undefined;
}

/** The causes that are no near misses but addresses of pages, and the words before an address. */
const PAGES = [
  ['explanation', 'ExplanationPage', 'See'],
  ['request', 'RequestPage', 'Ask for it:'],
] as const;

/**
 * The 403 of the authorization filter with its explanation: where kube-apiserver appends an authorizer's reason, for that
 * is what kubectl prints, and as causes, for programs. Without near misses it is kube-apiserver's, byte for byte.
 */
export function explainedForbidden(
  attributes: Attributes,
  reason: string,
  nearMisses: readonly NearMiss[],
  pages?: RefusalPages,
): StatusError {
  const causes = nearMisses.map((miss) => ({
    reason: miss.kind.charAt(0).toUpperCase() + miss.kind.slice(1),
    message: htmlSanitize(`${miss.message} Remedy: ${miss.remedyText}`),
  }));
  const explained = explainedReason(reason, nearMisses);
  const known = PAGES.flatMap(([page, reason, words]) => {
    const message = pages?.[page];
    return message === undefined ? [] : [{ reason, message, line: `\n${words} ${message}` }];
  });
  return forbidden(attributes, explained + known.map(({ line }) => line).join(''), [
    ...causes,
    ...known.map(({ reason, message }) => ({ reason, message })),
  ]);
}

/** An authorizer's reason, and below it what nearly allowed the request. */
export function explainedReason(reason: string, nearMisses: readonly NearMiss[]): string {
  if (nearMisses.length === 0) return reason;
  const lines = nearMisses.flatMap(({ message, remedyText }, index) => [
    `${index + 1}. ${message}`,
    `   Remedy: ${remedyText}`,
  ]);
  const heading = 'what nearly allows it, nearest first:';
  return `${reason === '' ? '' : `${reason}\n`}${heading}\n${htmlSanitize(lines.join('\n'))}`;
}
