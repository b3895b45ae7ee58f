import { goQuote } from '../../kube/index.ts';
import type { WantedUser } from './wanted-user.ts';

/**
 * The 400 of groups, uid or extra without a user. kube-apiserver prints its Go structs, and differently with the
 * feature gate ConstrainedImpersonation on.
 */
export function withoutUserText(wanted: WantedUser, constrained: boolean): string {
  return constrained
    ? `requested ${userInfoLiteral(wanted)} without impersonating a user name`
    : `requested [${objectReferences(wanted).join(' ')}] without impersonating a user`;
}

/** Go's `%#v` of a user.DefaultInfo. */
function userInfoLiteral({ uid, groups, extra }: WantedUser): string {
  const entries = [...extra].sort(([a], [b]) => (a < b ? -1 : 1));
  const map = entries.map(([key, values]) => `${goQuote(key)}:${stringsLiteral(values)}`).join(', ');
  const extraLiteral = `map[string][]string${entries.length === 0 ? '(nil)' : `{${map}}`}`;
  return `&user.DefaultInfo{Name:"", UID:${goQuote(uid)}, Groups:${stringsLiteral(groups)}, Extra:${extraLiteral}}`;
}

function stringsLiteral(values: readonly string[]): string {
  return values.length === 0 ? '[]string(nil)' : `[]string{${values.map(goQuote).join(', ')}}`;
}

/** Go's `%v` of core/v1 ObjectReferences: kind, namespace, name, uid, apiVersion, resourceVersion, fieldPath. */
function objectReferences({ uid, groups, extra }: WantedUser): string[] {
  const references = groups.map((group) => `{Group  ${group}    }`);
  for (const [key, values] of extra) {
    for (const value of values) references.push(`{UserExtra  ${value}  authentication.k8s.io/v1  ${key}}`);
  }
  if (uid !== '') references.push(`{UID  ${uid}  authentication.k8s.io/v1  }`);
  return references;
}
