import type { RulesReviewStatus } from '../rbac/index.ts';
import type { Result } from './output/index.ts';
import { resourceText } from './question.ts';
import { listText } from './words.ts';

interface Row {
  readonly resource: string;
  readonly url: string;
  readonly name: string;
  readonly verbs: Set<string>;
}

/**
 * A caller's rules in a namespace, taken apart into one row for each resource, name or path, with the verbs of all
 * rules together, as `kubectl auth can-i --list` does it.
 */
export function listResult(namespace: string, status: RulesReviewStatus): Result {
  const rows = new Map<string, Row>();
  const add = (resource: string, url: string, name: string, verbs: readonly string[]) => {
    const key = JSON.stringify([resource, url, name]);
    const row = rows.get(key) ?? { resource, url, name, verbs: new Set() };
    rows.set(key, row);
    for (const verb of verbs) row.verbs.add(verb);
  };
  for (const { verbs, apiGroups = [], resources, resourceNames = [] } of status.resourceRules) {
    for (const apiGroup of apiGroups) {
      for (const resource of resources) {
        const names = resourceNames.length === 0 ? [''] : resourceNames;
        for (const name of names) add(resourceText({ apiGroup, resource }), '', name, verbs);
      }
    }
  }
  for (const { verbs, nonResourceURLs } of status.nonResourceRules) {
    for (const url of nonResourceURLs) add('', url, '', verbs);
  }
  return {
    kind: 'CanIListResult',
    body: { namespace, ...status },
    human: {
      columns: ['RESOURCES', 'NON-RESOURCE URLS', 'RESOURCE NAMES', 'VERBS'].map((header) => ({ header })),
      rows: [...rows.values()]
        .map(({ resource, url, name, verbs }) => [resource, url, name, listText([...verbs])])
        .sort(byResourceThenUrl),
    },
    whenEmpty: `Nothing is allowed in the namespace "${namespace}".`,
  };
}

/** Resources first, then paths; each in order of their letters. */
function byResourceThenUrl(
  [a = '', aUrl = '', aName = '']: string[],
  [b = '', bUrl = '', bName = '']: string[],
) {
  return Number(a === '') - Number(b === '') || compare(a, b) || compare(aUrl, bUrl) || compare(aName, bName);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
