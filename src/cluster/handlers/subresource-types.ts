import type { ResourceType } from '../resources/index.ts';

/** What subresources take that is no resource, as if it were one. */
export const evictionType = bodyType('policy', 'Eviction', 'io.k8s.api.policy.v1.Eviction');
export const tokenRequestType = bodyType(
  'authentication.k8s.io',
  'TokenRequest',
  'io.k8s.api.authentication.v1.TokenRequest',
);

/** @param schema its name in the OpenAPI data */
function bodyType(group: string, kind: string, schema: string): ResourceType {
  const singular = kind.toLowerCase();
  return {
    group,
    version: 'v1',
    resource: `${singular}s`,
    singular,
    kind,
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: [],
    subresources: [],
    hasGeneration: false,
    hasStatus: false,
    createOnUpdate: false,
    schema,
  };
}
