import {
  canConnect,
  type End,
  type NetworkPolicy,
  type SideVerdict,
  type Verdict,
} from '../../netpol/index.ts';
import { CommandError, type CommandHost, type CommandValues } from '../command.ts';
import { listValue, textValue } from '../command-values.ts';
import type { Result } from '../output/index.ts';
import { warn } from '../policy-source/index.ts';
import type { NetworkSource } from './network-source.ts';
import { podEnd } from './pod-end.ts';
import { readEnd } from './read-end.ts';
import { readPorts } from './read-ports.ts';
import { endText, verdictText } from './verdict-text.ts';

export interface Connectivity {
  /** Whether every port that was asked about may be connected to. */
  readonly allowed: boolean;
  readonly result: Result;
}

/**
 * Answers whether one end may connect to the other.
 * @throws UsageError for a question that cannot be understood; CommandError when an end is not there
 */
export async function answerCanConnect(
  network: NetworkSource,
  [from = '', to = '']: readonly string[],
  values: CommandValues,
  host: CommandHost,
): Promise<Connectivity> {
  const namespace = textValue(values, 'namespace') ?? network.namespace;
  const ends = {
    from: await findEnd(network, from, namespace, host),
    to: await findEnd(network, to, namespace, host),
  };
  const ports = readPorts(listValue(values, 'port'), ends.to);
  const policies = await policiesOf(network, [ends.from, ends.to]);
  const answers = ports.map((port) => ({ port, verdict: canConnect(policies, { ...ends, port }) }));
  const allowed = answers.every(({ verdict }) => verdict.allowed);
  if (answers.some(({ verdict }) => verdict.egress?.unsure === true || verdict.ingress?.unsure === true))
    warn(
      host,
      'a rule is about addresses, and a pod that does not run has none: ask the cluster where it does',
    );
  return {
    allowed,
    result: {
      kind: 'CanConnectResult',
      body: {
        from: endBody(ends.from),
        to: endBody(ends.to),
        allowed,
        ports: answers.map(({ port, verdict }) => ({
          protocol: port.protocol,
          port: port.number,
          ...verdictBody(verdict),
        })),
      },
      human: `${allowed ? 'yes' : 'no'}\n\n${answers
        .map(({ port, verdict }) => verdictText(ends.from, ends.to, port, verdict))
        .join('\n')}\n`,
    },
  };
}

async function findEnd(
  network: NetworkSource,
  text: string,
  fallback: string,
  host: CommandHost,
): Promise<End> {
  const named = readEnd(text);
  if ('address' in named) return { kind: 'address', address: named.address };
  const { source, name, namespace = fallback } = named;
  const object = await network.find(source, namespace, name);
  if (object === undefined)
    throw new CommandError(
      `there is no ${source.kind.toLowerCase()} "${name}" in the namespace "${namespace}"`,
    );
  const labels = await network.namespaceLabels(namespace);
  if (labels === undefined)
    warn(host, `nothing is known of the namespace "${namespace}" but its name, and so no other labels of it`);
  const end = podEnd(source, object, labels ?? { 'kubernetes.io/metadata.name': namespace });
  if (end.hostNetwork)
    warn(host, `${endText(end)} is on its node's network, where NetworkPolicies do not select it`);
  return end;
}

async function policiesOf(network: NetworkSource, ends: readonly End[]): Promise<NetworkPolicy[]> {
  const namespaces = new Set(ends.flatMap((end) => (end.kind === 'pod' ? [end.namespace] : [])));
  const found = await Promise.all([...namespaces].map((namespace) => network.policies(namespace)));
  return found.flat();
}

function endBody(end: End): object {
  if (end.kind === 'address') return { address: end.address };
  const { type, namespace, name, labels } = end;
  return { type, namespace, name, labels };
}

function verdictBody({ allowed, always, egress, ingress }: Verdict): object {
  return { allowed, always, egress: egress && sideBody(egress), ingress: ingress && sideBody(ingress) };
}

function sideBody({ allowed, policies }: SideVerdict): object {
  return { allowed, isolated: policies.length > 0, policies };
}
