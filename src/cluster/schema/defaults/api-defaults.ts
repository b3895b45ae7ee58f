import { asJsonObject, asText, isJsonObject } from '../json-object.ts';
import { ensureObject, type Json, objectsIn, setAbsent, setDefault } from './set-default.ts';

/** Source: Kubernetes pkg/apis/admissionregistration/v1/defaults.go. */
export function defaultMutatingWebhooks(configuration: Json): void {
  for (const webhook of objectsIn(configuration, 'webhooks')) {
    defaultWebhook(webhook);
    setDefault(webhook, 'reinvocationPolicy', 'Never');
  }
}

export function defaultValidatingWebhooks(configuration: Json): void {
  for (const webhook of objectsIn(configuration, 'webhooks')) defaultWebhook(webhook);
}

function defaultWebhook(webhook: Json): void {
  setDefault(webhook, 'failurePolicy', 'Fail');
  defaultMatching(webhook);
  setDefault(webhook, 'timeoutSeconds', 10);
  for (const rule of objectsIn(webhook, 'rules')) setDefault(rule, 'scope', '*');
  const config = webhook['clientConfig'];
  if (isJsonObject(config) && isJsonObject(config['service'])) setDefault(config['service'], 'port', 443);
}

function defaultMatching(target: Json): void {
  setDefault(target, 'matchPolicy', 'Equivalent');
  ensureObject(target, 'namespaceSelector');
  ensureObject(target, 'objectSelector');
}

export function defaultAdmissionPolicy(policy: Json): void {
  const spec = ensureObject(policy, 'spec');
  setDefault(spec, 'failurePolicy', 'Fail');
  defaultMatchResources(spec['matchConstraints']);
}

export function defaultAdmissionPolicyBinding(binding: Json): void {
  defaultMatchResources(ensureObject(binding, 'spec')['matchResources']);
}

function defaultMatchResources(resources: unknown): void {
  if (!isJsonObject(resources)) return;
  defaultMatching(resources);
  for (const rule of [
    ...objectsIn(resources, 'resourceRules'),
    ...objectsIn(resources, 'excludeResourceRules'),
  ]) {
    setDefault(rule, 'scope', '*');
  }
}

/** Source: kube-aggregator/pkg/apis/apiregistration/v1/defaults.go. */
export function defaultApiService(service: Json): void {
  const target = ensureObject(service, 'spec')['service'];
  if (isJsonObject(target)) setDefault(target, 'port', 443);
}

/** Source of both below: pkg/apis/flowcontrol/v1/defaults.go. */
export function defaultFlowSchema(schema: Json): void {
  setDefault(ensureObject(schema, 'spec'), 'matchingPrecedence', 1000);
}

export function defaultPriorityLevel(level: Json): void {
  const spec = ensureObject(level, 'spec');
  if (isJsonObject(spec['exempt'])) {
    setDefault(spec['exempt'], 'nominalConcurrencyShares', 0);
    setDefault(spec['exempt'], 'lendablePercent', 0);
  }
  if (!isJsonObject(spec['limited'])) return;
  setDefault(spec['limited'], 'nominalConcurrencyShares', 30);
  setDefault(spec['limited'], 'lendablePercent', 0);
  const response = spec['limited']['limitResponse'];
  if (!isJsonObject(response) || !isJsonObject(response['queuing'])) return;
  setDefault(response['queuing'], 'queues', 64);
  setDefault(response['queuing'], 'handSize', 8);
  setDefault(response['queuing'], 'queueLengthLimit', 50);
}

/** Source: pkg/apis/networking/v1/defaults.go. */
export function defaultIngressClass(ingressClass: Json): void {
  const parameters = ensureObject(ingressClass, 'spec')['parameters'];
  if (isJsonObject(parameters)) setAbsent(parameters, 'scope', 'Cluster');
}

/** Source: pkg/apis/scheduling/v1/defaults.go. */
export function defaultPriorityClass(priority: Json): void {
  setAbsent(priority, 'preemptionPolicy', 'PreemptLowerPriority');
}

/** Source: apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go. */
export function defaultCustomResourceDefinition(definition: Json): void {
  const spec = ensureObject(definition, 'spec');
  const names = ensureObject(spec, 'names');
  const kind = asText(names['kind']);
  if (kind !== undefined) {
    setDefault(names, 'singular', kind.toLowerCase());
    setDefault(names, 'listKind', `${kind}List`);
  }
  setDefault(spec, 'conversion', { strategy: 'None' });
  const { service } = asJsonObject(asJsonObject(asJsonObject(spec['conversion'])['webhook'])['clientConfig']);
  if (isJsonObject(service)) setDefault(service, 'port', 443);
  for (const version of objectsIn(spec, 'versions')) {
    setDefault(version, 'served', false);
    setDefault(version, 'storage', false);
  }
  const { status } = definition;
  // Of the lists that Go leaves out when they are empty, this is none.
  if (isJsonObject(status)) status['conditions'] ??= null;
}
