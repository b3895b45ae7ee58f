import {
  type LabelRequirement,
  matchesLabels,
  parseLabelSelector,
  type QueryPair,
  SelectorError,
} from '../../kube/index.ts';
import { CLUSTER_LABEL } from './label-items.ts';

export interface ClusterSelector {
  /** Whether a cluster's objects can be selected at all. */
  selects(cluster: string): boolean;
  /** The query for the clusters, which know nothing of the label. */
  readonly query: readonly QueryPair[];
}

/**
 * Takes out of a list's labelSelector what it asks of the cluster's label: that is decided here, by asking some clusters only.
 * A selector that is none stays as it is, for the API servers to say so.
 */
export function readClusterSelector(query: readonly QueryPair[]): ClusterSelector {
  const at = query.findIndex(([key]) => key === 'labelSelector');
  const text = query[at]?.[1] ?? '';
  if (!text.includes(CLUSTER_LABEL)) return { selects: () => true, query };
  let requirements: readonly LabelRequirement[];
  try {
    requirements = parseLabelSelector(text);
  } catch (error) {
    if (error instanceof SelectorError) return { selects: () => true, query };
    throw error;
  }
  const ofCluster = requirements.filter(({ key }) => key === CLUSTER_LABEL);
  const others = requirements.filter(({ key }) => key !== CLUSTER_LABEL);
  return {
    selects: (cluster) => matchesLabels(ofCluster, { [CLUSTER_LABEL]: cluster }),
    query: query.with(at, ['labelSelector', others.map(requirementText).join(',')]),
  };
}

function requirementText({ key, operator, values }: LabelRequirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${values.join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}
