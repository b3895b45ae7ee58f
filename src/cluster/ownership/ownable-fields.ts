import type { ResourceType } from '../resources/index.ts';
import {
  allButBelow,
  difference,
  type FieldSet,
  insert,
  isEmpty,
  newFieldSet,
  noFields,
  onlyBelow,
  union,
} from './field-set.ts';

/** What only the server decides. Source: apimachinery/pkg/util/managedfields/internal/stripmeta.go. */
const serverFields = newFieldSet();
for (const path of [['f:apiVersion'], ['f:kind'], ['f:metadata']]) insert(serverFields, path);
for (const field of [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]) {
  insert(serverFields, ['f:metadata', `f:${field}`]);
}

/** Those fields that a writer of this path can own: not what the server decides, not what the path ignores. */
export function ownableFields(type: ResourceType, subresource: string, fields: FieldSet): FieldSet {
  return difference(writableFields(type, subresource, fields), serverFields);
}

function writableFields(type: ResourceType, subresource: string, fields: FieldSet): FieldSet {
  if (subresource === 'status') {
    const status = onlyBelow(fields, 'f:status');
    return type.custom === undefined ? union(status, ownableMetadata(type, fields)) : status;
  }
  return type.hasStatus ? allButBelow(fields, 'f:status') : fields;
}

/** What of metadata goes with a status: see objects/parts.ts. */
function ownableMetadata({ group, resource }: ResourceType, fields: FieldSet): FieldSet {
  const metadata = onlyBelow(fields, 'f:metadata').children.get('f:metadata') ?? noFields;
  const isDeployment = group === 'apps' && resource === 'deployments';
  const annotations = onlyBelow(metadata, 'f:annotations');
  const own = isDeployment ? annotations : union(annotations, onlyBelow(metadata, 'f:labels'));
  return isEmpty(own) ? noFields : { isMember: false, children: new Map([['f:metadata', own]]) };
}
