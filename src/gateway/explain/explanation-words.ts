import { type Attributes, forbidden, htmlSanitize, type StatusError } from '../../kube/index.ts';
import type { NearMiss } from '../../rbac/index.ts';

/** The cause that is no near miss but the address of a page. */
const PAGE = 'ExplanationPage';

/**
 * The 403 of the authorization filter with its explanation: where kube-apiserver appends an authorizer's reason, for that
 * is what kubectl prints, and as causes, for programs. Without near misses it is kube-apiserver's, byte for byte.
 * @param page address where the same is shown at leisure
 */
export function explainedForbidden(
  attributes: Attributes,
  reason: string,
  nearMisses: readonly NearMiss[],
  page?: string,
): StatusError {
  const causes = nearMisses.map((miss) => ({
    reason: miss.kind.charAt(0).toUpperCase() + miss.kind.slice(1),
    message: htmlSanitize(`${miss.message} Remedy: ${miss.remedyText}`),
  }));
  const explained = explainedReason(reason, nearMisses);
  if (nearMisses.length === 0 || page === undefined) return forbidden(attributes, explained, causes);
  return forbidden(attributes, `${explained}\nSee ${page}`, [...causes, { reason: PAGE, message: page }]);
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
