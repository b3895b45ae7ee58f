import type { RequestsView } from '../../../views/index.ts';
import type { StatusError } from '../../kube/index.ts';

type Refusal = NonNullable<RequestsView['refusal']>;

/** The form's field for each of the object's. */
const FIELDS: Readonly<Record<string, Refusal['field']>> = {
  'metadata.namespace': 'namespace',
  'spec.role.kind': 'role',
  'spec.role.name': 'role',
  'spec.duration': 'duration',
  'spec.reason': 'reason',
};

/** What a person is told of a Status: what is wrong with a field of theirs, else its message as it is. */
export function refusalOf({ message, details }: StatusError['status']): Refusal {
  for (const cause of details?.causes ?? []) {
    const field = FIELDS[cause.field ?? ''];
    if (field !== undefined && cause.message !== undefined) return { words: cause.message, field };
  }
  return { words: message };
}
