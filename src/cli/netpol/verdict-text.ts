import type { End, JudgedRule, Port, SideVerdict, Verdict } from '../../netpol/index.ts';

/** `pod dev/web`, `10.0.0.1` */
export function endText(end: End): string {
  return end.kind === 'address' ? end.address : `${end.type} ${end.namespace}/${end.name}`;
}

/** `TCP 80`, `any TCP port` */
function portText({ protocol, number }: Port): string {
  return number === undefined ? `any ${protocol} port` : `${protocol} ${number}`;
}

const ALWAYS = {
  samePod: 'a pod always reaches itself',
  ownNode: 'a pod and the node that it runs on always reach each other',
} as const;

/** Why, a line for each side and, below it, one for each of its policies' rules. */
export function verdictText(from: End, to: End, port: Port, verdict: Verdict): string {
  const { allowed, always, egress, ingress } = verdict;
  return [
    `${portText(port)}: ${allowed ? 'yes' : 'no'}${always === undefined ? '' : `, ${ALWAYS[always]}`}`,
    ...(egress === undefined ? [] : sideLines(`egress of ${endText(from)}`, egress)),
    ...(ingress === undefined ? [] : sideLines(`ingress to ${endText(to)}`, ingress)),
  ].join('\n');
}

function sideLines(side: string, verdict: SideVerdict): string[] {
  const { allowed, unsure, policies, direction } = verdict;
  if (policies.length === 0) return [`  ${side}: allowed, no NetworkPolicy selects it`];
  const summary = allowed
    ? 'allowed'
    : unsure
      ? 'not allowed, as far as its address is known'
      : 'not allowed';
  return [
    `  ${side}: ${summary}`,
    ...policies.flatMap(({ namespace, name, rules }) => {
      const policy = `    NetworkPolicy ${namespace}/${name}`;
      if (rules.length === 0) return [`${policy}: has no ${direction} rule, and so allows nothing`];
      return rules.map(
        (rule, index) => `${policy} spec.${direction}[${index}]: ${ruleText(rule, direction)}`,
      );
    }),
  ];
}

function ruleText({ peer, port }: JudgedRule, direction: SideVerdict['direction']): string {
  const other = direction === 'ingress' ? 'source' : 'destination';
  if (peer === true && port) return 'allows it';
  if (peer === 'unknown' && port) return `is about addresses, and the ${other} has none yet`;
  if (peer === false && !port) return `is about another ${other} and other ports`;
  return port ? `is about another ${other}` : 'is about other ports';
}
