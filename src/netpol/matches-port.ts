import type { NetworkPolicyPort } from './network-policy.ts';
import type { End, Port } from './traffic.ts';

const LAST_PORT = 65_535;

/**
 * Whether a port is among a rule's. No ports at all are all of them, of every protocol; one without a number is all of
 * its protocol. A name means what the destination's containers call so, in both directions.
 * @param to the end that is connected to
 */
export function matchesPorts(ports: readonly NetworkPolicyPort[] | undefined, port: Port, to: End): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some(
    (allowed) => (allowed.protocol ?? 'TCP') === port.protocol && hasNumber(allowed, port, to),
  );
}

function hasNumber(
  { port: allowed, endPort }: NetworkPolicyPort,
  { number, protocol }: Port,
  to: End,
): boolean {
  if (allowed === undefined) return true;
  if (typeof allowed === 'string') {
    if (number === undefined || to.kind === 'address') return false;
    return to.ports.some(
      (each) => each.name === allowed && each.protocol === protocol && each.number === number,
    );
  }
  const last = endPort ?? allowed;
  // Any port is allowed where all of them are.
  return number === undefined ? allowed <= 1 && last >= LAST_PORT : allowed <= number && number <= last;
}
