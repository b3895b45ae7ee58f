import { type AcceptClause, acceptClauses } from '../../kube/index.ts';
import type { DiscoveryVersion } from './aggregated-groups.ts';

/** How a discovery document is to be written. */
export interface DiscoveryForm {
  readonly version: DiscoveryVersion | 'legacy';
  readonly isYaml: boolean;
}

const json = ['application/json', 'application/*', '*/*'];
const yaml = 'application/yaml';

/**
 * Which form of a discovery document an Accept header asks for; undefined when none. Who takes an aggregated form gets it,
 * even where the legacy one is named before it. Parameters may come in any order.
 * Source: apiserver/pkg/endpoints/discovery/aggregated/wrapper.go, negotiation.go.
 */
export function negotiateDiscovery(
  accept: string | undefined,
  hasAggregated: boolean,
): DiscoveryForm | undefined {
  if (accept === undefined || accept.trim() === '') return { version: 'legacy', isYaml: false };
  const forms = acceptClauses(accept).flatMap((clause) => formOf(clause) ?? []);
  const aggregated = hasAggregated ? forms.find(({ version }) => version !== 'legacy') : undefined;
  return aggregated ?? forms.find(({ version }) => version === 'legacy');
}

function formOf({ mediaType, parameters }: AcceptClause): DiscoveryForm | undefined {
  const isYaml = mediaType === yaml;
  if (!isYaml && !json.includes(mediaType)) return undefined;
  const as = parameters.get('as');
  if (as === undefined) return { version: 'legacy', isYaml };
  if (as !== 'APIGroupDiscoveryList' || parameters.get('g') !== 'apidiscovery.k8s.io') return undefined;
  const version = parameters.get('v');
  return version === 'v2' || version === 'v2beta1' ? { version, isYaml } : undefined;
}
