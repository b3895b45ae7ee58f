import { type End, type Port, PROTOCOLS, type Protocol } from '../../netpol/index.ts';
import { UsageError } from '../command.ts';

/**
 * The ports that are asked about: those of --port (`80`, `53/UDP`, or what a container of the destination calls so), else
 * those that the destination's containers declare, else every TCP port.
 * @throws UsageError for a text that is no port
 */
export function readPorts(texts: readonly string[], to: End): Port[] {
  const declared = to.kind === 'pod' ? to.ports : [];
  if (texts.length > 0) return texts.flatMap((text) => readPort(text, to));
  if (declared.length === 0) return [{ protocol: 'TCP', number: undefined }];
  const distinct = new Map(declared.map((port) => [`${port.protocol}/${port.number}`, port]));
  return [...distinct.values()].map(({ protocol, number }) => ({ protocol, number }));
}

function readPort(text: string, to: End): Port[] {
  const [port = '', given = 'TCP', ...more] = text.split('/');
  const protocol = PROTOCOLS.find((known) => known === given.toUpperCase());
  if (protocol === undefined || more.length > 0 || port === '') throw badPort(text);
  if (/^\d+$/.test(port)) {
    const number = Number(port);
    if (number < 1 || number > 65_535) throw badPort(text);
    return [{ protocol, number }];
  }
  const named = numbersOf(port, text.includes('/') ? protocol : undefined, to);
  if (named.length === 0)
    throw new UsageError(`--port: no container of the destination has a port that is called "${text}"`);
  return named;
}

function numbersOf(name: string, protocol: Protocol | undefined, to: End): Port[] {
  if (to.kind === 'address') return [];
  return to.ports
    .filter((port) => port.name === name && (protocol === undefined || port.protocol === protocol))
    .map(({ protocol: of, number }) => ({ protocol: of, number }));
}

function badPort(text: string): UsageError {
  return new UsageError(`--port: expected NUMBER[/TCP|UDP|SCTP] or a port's name, got "${text}"`);
}
