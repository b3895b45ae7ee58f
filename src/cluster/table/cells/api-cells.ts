import { humanDuration, timeSince } from '../human-duration.ts';
import { at, type Cell, count, creationTimestamp, list, name, orNone, text } from './read.ts';

// Kinds by which the API itself is extended, limited and credentialed.
// Source of all but APIService: Kubernetes pkg/printers/internalversion/printers.go.

/** Source: kube-aggregator/pkg/registry/apiservice/etcd/etcd.go. */
export function apiServiceCells(service: unknown, now: number): readonly Cell[] {
  const target = at(service, 'spec', 'service');
  const available = conditionOf(service, 'Available');
  const status = text(available, 'status') || 'Unknown';
  const reason = text(available, 'reason');
  return [
    name(service),
    target === undefined ? 'Local' : `${text(target, 'namespace')}/${text(target, 'name')}`,
    status === 'True' || reason === '' ? status : `${status} (${reason})`,
    timeSince(creationTimestamp(service), now),
  ];
}

function conditionOf(object: unknown, type: string): unknown {
  return list(object, 'status', 'conditions').find((condition) => text(condition, 'type') === type);
}

export function webhookConfigurationCells(configuration: unknown, now: number): readonly Cell[] {
  return [
    name(configuration),
    list(configuration, 'webhooks').length,
    timeSince(creationTimestamp(configuration), now),
  ];
}

export function admissionPolicyCells(policy: unknown, now: number): readonly Cell[] {
  const kind = at(policy, 'spec', 'paramKind');
  return [
    name(policy),
    list(policy, 'spec', 'validations').length,
    kind === undefined ? '<unset>' : `${text(kind, 'apiVersion')}/${text(kind, 'kind')}`,
    timeSince(creationTimestamp(policy), now),
  ];
}

export function admissionPolicyBindingCells(binding: unknown, now: number): readonly Cell[] {
  const param = at(binding, 'spec', 'paramRef');
  const paramName = text(param, 'name');
  return [
    name(binding),
    text(binding, 'spec', 'policyName'),
    // Nothing here tells whether the parameter lives in a namespace.
    paramName === '' ? '<unset>' : `${text(param, 'namespace') || '*'}/${paramName}`,
    timeSince(creationTimestamp(binding), now),
  ];
}

export function flowSchemaCells(schema: unknown, now: number): readonly Cell[] {
  return [
    name(schema),
    text(schema, 'spec', 'priorityLevelConfiguration', 'name'),
    count(schema, 'spec', 'matchingPrecedence'),
    orNone(text(schema, 'spec', 'distinguisherMethod', 'type')),
    timeSince(creationTimestamp(schema), now),
    text(conditionOf(schema, 'Dangling'), 'status') || '?',
  ];
}

export function priorityLevelCells(level: unknown, now: number): readonly Cell[] {
  const limited = at(level, 'spec', 'limited');
  const queuing = at(limited, 'limitResponse', 'queuing');
  const number = (parent: unknown, field: string): Cell =>
    parent === undefined ? '<none>' : count(parent, field);
  return [
    name(level),
    text(level, 'spec', 'type'),
    number(limited, 'nominalConcurrencyShares'),
    number(queuing, 'queues'),
    number(queuing, 'handSize'),
    number(queuing, 'queueLengthLimit'),
    timeSince(creationTimestamp(level), now),
  ];
}

export function certificateSigningRequestCells(request: unknown, now: number): readonly Cell[] {
  const seconds = at(request, 'spec', 'expirationSeconds');
  return [
    name(request),
    timeSince(creationTimestamp(request), now),
    orNone(text(request, 'spec', 'signerName')),
    text(request, 'spec', 'username'),
    typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>',
    requestStatus(request),
  ];
}

function requestStatus(request: unknown): string {
  const has = (type: string) => conditionOf(request, type) !== undefined;
  const verdict = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  const failed = has('Failed') ? ',Failed' : '';
  return `${verdict}${failed}${text(request, 'status', 'certificate') === '' ? '' : ',Issued'}`;
}
