import { goQuote, type StatusCause, StatusError } from '../../kube/index.ts';
import { written } from './compare.ts';
import { type FieldSet, intersection, isEmpty, noFields } from './field-set.ts';
import type { FieldManager, FieldManagers } from './managed-fields.ts';
import { compareElements, pathText } from './path-element.ts';
import type { ChangeIn } from './versions.ts';

/** The fields that another manager owns and that would change. */
export interface Conflict {
  readonly manager: FieldManager;
  readonly fields: FieldSet;
}

/** @param identity of the manager that applies */
export function conflictsOf(managers: FieldManagers, identity: string, changeIn: ChangeIn): Conflict[] {
  return [...managers]
    .filter(([other]) => other !== identity)
    .map(([, manager]) => {
      const change = changeIn(manager.apiVersion);
      return {
        manager,
        fields: change === undefined ? noFields : intersection(manager.fields, written(change)),
      };
    })
    .filter(({ fields }) => !isEmpty(fields));
}

/** 409, each field with its manager as a cause. Source: apimachinery/pkg/util/managedfields/internal/conflict.go. */
export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const byManager = conflicts
    .map(({ manager, fields }) => ({ manager: managerText(manager), paths: pathsOf(fields) }))
    .toSorted((a, b) => (a.manager < b.manager ? -1 : 1));
  const causes: StatusCause[] = byManager.flatMap(({ manager, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })),
  );
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: messageOf(byManager, causes),
    reason: 'Conflict',
    details: { causes },
    code: 409,
  });
}

interface ManagerPaths {
  readonly manager: string;
  readonly paths: readonly string[];
}

function messageOf(byManager: readonly ManagerPaths[], causes: readonly StatusCause[]): string {
  const [only] = causes;
  if (causes.length === 1) return `Apply failed with 1 conflict: ${only?.message}: ${only?.field}`;
  const lines = byManager.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return `Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`;
}

function managerText({ manager = '', operation, apiVersion, subresource }: FieldManager): string {
  const name =
    goQuote(manager) + (subresource === undefined ? '' : ` with subresource ${goQuote(subresource)}`);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

/** Fields of one level come before those below them. */
function pathsOf(set: FieldSet, path: readonly string[] = []): string[] {
  const children = [...set.children].toSorted(([a], [b]) => compareElements(a, b));
  return [
    ...children.filter(([, child]) => child.isMember).map(([element]) => pathText([...path, element])),
    ...children.flatMap(([element, child]) => pathsOf(child, [...path, element])),
  ];
}
