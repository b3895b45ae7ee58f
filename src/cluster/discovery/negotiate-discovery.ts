import type { DiscoveryVersion } from './aggregated-groups.ts';

/**
 * Which form of a discovery document an Accept header asks for. The first clause that we can serve wins, as in
 * client-go's own preference order; parameters may come in any order. Anything unknown gets the legacy form.
 */
export function negotiateDiscovery(accept: string | undefined): DiscoveryVersion | 'legacy' {
  for (const clause of (accept ?? '').split(',')) {
    const form = formOf(clause);
    if (form !== undefined) return form;
  }
  return 'legacy';
}

function formOf(clause: string): DiscoveryVersion | 'legacy' | undefined {
  const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
  if (!['application/json', 'application/*', '*/*'].includes(mediaType.toLowerCase())) return undefined;
  const values = new Map(parameters.map((parameter) => splitOnce(parameter)));
  if (!values.has('as')) return 'legacy';
  if (values.get('as') !== 'APIGroupDiscoveryList' || values.get('g') !== 'apidiscovery.k8s.io')
    return undefined;
  const version = values.get('v');
  return version === 'v2' || version === 'v2beta1' ? version : undefined;
}

function splitOnce(parameter: string): [string, string] {
  const at = parameter.indexOf('=');
  return at < 0 ? [parameter, ''] : [parameter.slice(0, at).trim(), parameter.slice(at + 1).trim()];
}
