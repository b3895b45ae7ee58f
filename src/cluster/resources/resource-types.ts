import rows from '../data/resources.json' with { type: 'json' };
import { componentStatus } from './component-status.ts';
import { keptForms } from './kept-forms/kept-forms.ts';
import { createResourceTable } from './resource-table.ts';
import type { ResourceType } from './resource-type.ts';

/** The kinds that every cluster has. What is served besides depends on its custom resource definitions. */
export const builtInTable = createResourceTable(rows.map(withKeptForm).map(withOwnKind));

function withKeptForm(row: ResourceType): ResourceType {
  const kept = keptForms.get(`${row.group}/${row.version}/${row.resource}`);
  return kept === undefined ? row : { ...row, kept };
}

/** Of those that the data says nothing more of. */
function withOwnKind(type: ResourceType): ResourceType {
  return type.kind === 'ComponentStatus' ? { ...type, own: componentStatus } : type;
}

/** A built-in resource, or undefined when there is none. */
export function findResourceType(group: string, version: string, resource: string): ResourceType | undefined {
  return builtInTable.find(group, version, resource);
}
