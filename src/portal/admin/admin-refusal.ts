import type { PageNotice } from '../../identity/index.ts';
import type { DeskAnswer } from './admin-desk.ts';
import type { AdminKind } from './admin-kinds.ts';

/** What a person is told of a refusal: what is wrong with a field of the form, else the API's message as it is. */
export function adminRefusal(
  { properties }: AdminKind,
  { message, causes = [] }: Extract<DeskAnswer, { done: false }>,
): PageNotice {
  for (const { field, message: words } of causes) {
    const path = field === 'spec.clientID' ? 'metadata.name' : field;
    // An entry of a list is wrong in the list's field.
    const meant = properties.find((one) => one.form !== undefined && path?.split('[')[0] === one.path);
    if (meant !== undefined && meant.type !== 'flag' && words !== undefined)
      return { isProblem: true, words, field: meant.name };
  }
  return { isProblem: true, words: message };
}
