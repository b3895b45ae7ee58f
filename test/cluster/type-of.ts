import { findResourceType, type ResourceType } from '../../src/cluster/resources/index.ts';

/** @param path `group/version/resource`; the core group is empty: `/v1/pods` */
export function typeOf(path: string): ResourceType {
  const [group = '', version = '', resource = ''] = path.split('/');
  const type = findResourceType(group, version, resource);
  if (type === undefined) throw new Error(`not served: ${path}`);
  return type;
}
