import type { PageNotice } from '../../identity/index.ts';
import type { StatusError } from '../../kube/index.ts';

/** The form's field for each of the object's. */
const FIELDS: Readonly<Record<string, string>> = {
  'metadata.namespace': 'namespace',
  'spec.role.kind': 'role',
  'spec.role.name': 'role',
  'spec.duration': 'duration',
  'spec.reason': 'reason',
};

/** What a person is told of a Status: what is wrong with a field of theirs, else its message as it is. */
export function refusalOf({ message, details }: StatusError['status']): PageNotice {
  for (const cause of details?.causes ?? []) {
    const field = FIELDS[cause.field ?? ''];
    if (field !== undefined && cause.message !== undefined)
      return { isProblem: true, words: cause.message, field };
  }
  return { isProblem: true, words: message };
}
