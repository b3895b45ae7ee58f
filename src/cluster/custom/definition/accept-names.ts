import { goQuote } from '../../../kube/index.ts';
import type { Definition, DefinitionCondition, DefinitionNames } from './definition.ts';

/** What a definition is granted of the names that it asks for. */
export interface AcceptedNames {
  readonly names: DefinitionNames;
  readonly condition: DefinitionCondition;
}

/**
 * Grants names that no other definition of the group has. What is refused stays as it was granted before.
 * Source: apiextensions-apiserver/pkg/controller/status/naming_controller.go.
 * @param others the other definitions of the group
 */
export function acceptNames({ spec, status }: Definition, others: readonly Definition[]): AcceptedNames {
  const asked = spec.names;
  const granted: DefinitionNames = status?.acceptedNames ?? { plural: '', kind: '' };
  const taken = others.map((other) => other.status?.acceptedNames).filter((names) => names !== undefined);
  const resources = new Set(
    taken.flatMap((names) => [names.plural, names.singular, ...(names.shortNames ?? [])]),
  );
  const kinds = new Set(taken.flatMap((names) => [names.kind, names.listKind]));
  let conflict: Pick<DefinitionCondition, 'reason' | 'message'> | undefined;

  function grant(
    name: string | undefined,
    before: string | undefined,
    used: ReadonlySet<unknown>,
    what: string,
  ) {
    if (name === before || !used.has(name)) return name;
    conflict = { reason: `${what}Conflict`, message: inUse(name) };
    return before;
  }

  const plural = grant(asked.plural, granted.plural, resources, 'Plural') ?? '';
  const singular = grant(asked.singular, granted.singular, resources, 'Singular');
  const own = new Set(granted.shortNames);
  const refused = (asked.shortNames ?? []).filter((name) => !own.has(name) && resources.has(name));
  if (refused.length > 0) {
    const texts = refused.map(inUse);
    conflict = {
      reason: 'ShortNamesConflict',
      message: texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`,
    };
  }
  const shortNames = refused.length > 0 ? granted.shortNames : asked.shortNames;
  const kind = grant(asked.kind, granted.kind, kinds, 'Kind') ?? '';
  const listKind = grant(asked.listKind, granted.listKind, kinds, 'ListKind');
  const { categories } = asked;
  return {
    names: withoutAbsent({ plural, singular, shortNames, kind, listKind, categories }),
    condition: {
      type: 'NamesAccepted',
      ...(conflict === undefined
        ? { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
        : { status: 'False', ...conflict }),
    },
  };
}

function inUse(name: string | undefined): string {
  return `${goQuote(name ?? '')} is already in use`;
}

function withoutAbsent<T extends object>(names: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return JSON.parse(JSON.stringify(names));
}
