import type { Subject } from '../../model.ts';
import { type LintedBinding, type LintedSubject, subjectField } from './lint-context.ts';
import type { BindingLintRule, Report } from './lint-rule.ts';

/** Who is bound: subjects that are nobody, or that are not who they seem. */
export const SUBJECT_RULES: readonly BindingLintRule[] = [
  {
    on: 'binding',
    id: 'masters-bound',
    title: 'A binding names system:masters',
    severity: 'high',
    remedy:
      'Bind another group to cluster-admin: members of system:masters pass every check and cannot be revoked.',
    *check(binding) {
      for (const { field, subject } of groups(binding)) {
        if (subject.name === 'system:masters') {
          yield { field, message: 'system:masters passes every check already; to rely on it bypasses RBAC.' };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'unprefixed-group',
    title: 'A binding names a group without the prefix of any issuer, while several issuers are trusted',
    severity: 'high',
    remedy:
      "Give every issuer its own groups prefix, and put the prefix of the right one before the group's name.",
    *check(binding, { options: { issuers = [] } }) {
      if (issuers.length < 2) {
        return;
      }
      for (const { field, subject } of groups(binding)) {
        const prefixed = issuers.some(({ prefix }) => prefix !== '' && subject.name.startsWith(prefix));
        if (!isReserved(subject.name) && !prefixed) {
          yield {
            field,
            message: `Group ${quoted(subject)} belongs to no issuer: any of them may come to mint it.`,
          };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'unknown-group',
    title: 'A binding names a group that no connector produces',
    severity: 'low',
    remedy: 'Correct the name of the group, or take it out of the binding.',
    *check(binding, { known: { groups: produced }, hint }) {
      if (produced === undefined) {
        return;
      }
      for (const { field, subject } of groups(binding)) {
        if (!isReserved(subject.name) && !produced.has(subject.name)) {
          const message = `No user can be in group ${quoted(subject)}.${hint(subject.name, 'groups', produced)}`;
          yield { field, message };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'dangling-service-account',
    title: 'A binding names a ServiceAccount that does not exist',
    severity: 'medium',
    remedy: 'Correct the name or namespace, or take the subject out: whoever creates it gets the role.',
    *check(binding, { known: { serviceAccounts }, hint }) {
      if (serviceAccounts === undefined) {
        return;
      }
      for (const { field, subject } of all(binding)) {
        const name = `${subject.namespace || binding.object.namespace}/${subject.name}`;
        if (subject.kind === 'ServiceAccount' && !serviceAccounts.has(name)) {
          const message = `There is no ServiceAccount ${name}.${hint(name, 'service accounts', serviceAccounts)}`;
          yield { field, message };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'default-service-account',
    title: 'A binding names the ServiceAccount "default"',
    severity: 'medium',
    remedy: 'Create a ServiceAccount for the pods that need the role, and bind that.',
    *check(binding) {
      for (const { field, subject } of all(binding)) {
        if (subject.kind === 'ServiceAccount' && subject.name === 'default') {
          yield { field, message: 'Every pod of the namespace that names no other account gets the role.' };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'subject-never-matches',
    title: 'A subject of a binding is nobody',
    severity: 'medium',
    remedy: 'Name the users and groups one by one; all who logged in are the group system:authenticated.',
    *check(binding) {
      for (const { field, subject } of all(binding)) {
        const message = whyNobody(subject, binding.object.namespace);
        if (message !== undefined) {
          yield { field, message };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'duplicate-subject',
    title: 'A binding names a subject twice',
    severity: 'low',
    remedy: 'Take one of them out.',
    *check(binding) {
      const seen = new Map<string, number>();
      for (const { field, subject, index } of all(binding)) {
        const namespace =
          subject.kind === 'ServiceAccount' ? subject.namespace || binding.object.namespace : '';
        const key = JSON.stringify([subject.kind, namespace, subject.name]);
        const first = seen.get(key);
        if (first === undefined) {
          seen.set(key, index);
        } else {
          yield { field, message: `${subject.kind} ${quoted(subject)} is subjects[${first}] already.` };
        }
      }
    },
  },
  {
    on: 'binding',
    id: 'binding-without-subjects',
    title: 'A binding names no subjects',
    severity: 'info',
    remedy: 'Delete the binding, or add its subjects.',
    *check({ binding }) {
      if ((binding.object.subjects ?? []).length === 0) {
        yield { field: 'subjects', message: 'The binding grants nothing to anybody.' };
      }
    },
  },
  {
    on: 'binding',
    id: 'many-roles',
    title: 'A subject has many roles',
    severity: 'low',
    remedy: 'Merge the roles into few that say what the subject is for; what-can shows what it holds.',
    *check({ binding }, { heavySubjects }): Generator<Report> {
      for (const { type, name, roles } of heavySubjects.get(binding) ?? []) {
        const message = `The ${type} "${name}" has ${roles} roles: hard to say what it may do.`;
        yield { field: subjectField(binding, type, name) ?? 'subjects', message };
      }
    },
  },
];

interface PlacedSubject extends LintedSubject {
  readonly field: string;
}

function all({ subjects }: LintedBinding): PlacedSubject[] {
  return subjects.map((subject) => ({ ...subject, field: `subjects[${subject.index}]` }));
}

function groups(binding: LintedBinding): PlacedSubject[] {
  return all(binding).filter(({ subject }) => subject.kind === 'Group');
}

function quoted({ name }: Subject): string {
  return JSON.stringify(name);
}

/** Names that Kubernetes gives out itself: no issuer may. */
function isReserved(name: string): boolean {
  return name.startsWith('system:');
}

function whyNobody({ kind, name, namespace }: Subject, bindingNamespace: string): string | undefined {
  switch (kind) {
    case 'User':
    case 'Group':
      return name.includes('*') ? `"${name}" is taken literally: * is no wildcard in subjects.` : undefined;
    case 'ServiceAccount':
      return namespace || bindingNamespace ? undefined : `ServiceAccount "${name}" has no namespace.`;
    default:
      return `The kind "${kind}" is none of User, Group and ServiceAccount.`;
  }
}
