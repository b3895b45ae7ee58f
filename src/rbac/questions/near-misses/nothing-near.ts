import type { Finder } from './near-miss.ts';
import { placeText, requestText } from './wording.ts';

/** The last resort, when no other kind found anything. */
export const findNothingNear: Finder = function* ({ attributes }) {
  yield {
    message: `No rule, role or binding was found that comes near to allowing ${requestText(attributes)} ${placeText(attributes)}.`,
    remedyText: 'Grant what was asked for.',
  };
};
