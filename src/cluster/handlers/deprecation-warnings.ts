import type { ResourceType } from '../resources/index.ts';

const deprecated: Readonly<Record<string, string>> = {
  '/v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
  '/v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

/** What whoever asks for a built-in kind is warned of. Source: Kubernetes pkg/apis/core/v1, `+k8s:prerelease-lifecycle-gen`. */
export function deprecationWarnings({ group, version, resource }: ResourceType): readonly string[] {
  const warning = deprecated[`${group}/${version}/${resource}`];
  return warning === undefined ? [] : [warning];
}
