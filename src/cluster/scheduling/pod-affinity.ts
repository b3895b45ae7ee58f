import { type LabelSelector, labelSelectorMatcher } from '../../kube/index.ts';
import type { KubeObject } from '../resources/index.ts';
import { asJsonArray, asJsonObject } from '../schema/index.ts';

interface Term {
  readonly labelSelector?: LabelSelector;
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly topologyKey: string;
  readonly matchLabelKeys?: readonly string[];
  readonly mismatchLabelKeys?: readonly string[];
}

/**
 * Why a pod may not go where these pods are, or undefined. All of them are on the one node, and it is in every topology
 * whose label it has. Source: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.
 * @param labelsOf the labels of a namespace
 */
export function podAffinityObstacle(
  pod: KubeObject,
  node: KubeObject,
  others: Iterable<KubeObject>,
  labelsOf: (namespace: string) => Readonly<Record<string, string>>,
): string | undefined {
  const placed = [...others];
  const inTopology = ({ topologyKey }: Term) => Object.hasOwn(node.metadata.labels ?? {}, topologyKey);
  const meant = (term: Term, owner: KubeObject, other: KubeObject) => means(term, owner, other, labelsOf);
  const wanted = termsOf(pod, 'podAffinity');
  const isMet = (term: Term) => placed.some((other) => meant(term, pod, other));
  // The first of a group whose pods want each other may begin.
  const mayBegin = () => !wanted.some(isMet) && wanted.every((term) => meant(term, pod, pod));
  if (!wanted.every(inTopology) || (!wanted.every(isMet) && !mayBegin()))
    return "node(s) didn't match pod affinity rules";
  const shunned = termsOf(pod, 'podAntiAffinity').filter(inTopology);
  if (shunned.some((term) => placed.some((other) => meant(term, pod, other))))
    return "node(s) didn't match pod anti-affinity rules";
  const isShunned = placed.some((other) =>
    termsOf(other, 'podAntiAffinity').some((term) => inTopology(term) && meant(term, other, pod)),
  );
  return isShunned ? "node(s) didn't satisfy existing pods anti-affinity rules" : undefined;
}

function termsOf({ spec }: KubeObject, kind: 'podAffinity' | 'podAntiAffinity'): readonly Term[] {
  const affinity = asJsonObject(asJsonObject(asJsonObject(spec)['affinity'])[kind]);
  return asJsonArray(affinity['requiredDuringSchedulingIgnoredDuringExecution']) as readonly Term[];
}

/** Whether a term of the owner's is about the other pod. */
function means(
  term: Term,
  owner: KubeObject,
  { metadata }: KubeObject,
  labelsOf: (namespace: string) => Readonly<Record<string, string>>,
): boolean {
  const { labelSelector, namespaces = [], namespaceSelector } = term;
  const namespace = metadata.namespace ?? '';
  const isOwn = namespaces.length === 0 && namespaceSelector === undefined;
  const isThere = isOwn
    ? namespace === owner.metadata.namespace
    : namespaces.includes(namespace) || labelSelectorMatcher(namespaceSelector)(labelsOf(namespace));
  const labels: Readonly<Record<string, string>> = metadata.labels ?? {};
  const own: Readonly<Record<string, string>> = owner.metadata.labels ?? {};
  const isSame = (key: string) => own[key] === undefined || own[key] === labels[key];
  return (
    isThere &&
    labelSelectorMatcher(labelSelector)(labels) &&
    (term.matchLabelKeys ?? []).every(isSame) &&
    (term.mismatchLabelKeys ?? []).every((key) => own[key] === undefined || !isSame(key))
  );
}
