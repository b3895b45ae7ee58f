import { isIP } from 'node:net';

/** An IP address as its 4 or 16 bytes, in network order; undefined for other text. */
export function addressBytes(text: string): Buffer | undefined {
  switch (isIP(text)) {
    case 4:
      return Buffer.from(text.split('.').map(Number));
    case 6:
      return sixteenBytes(text);
    default:
      return undefined;
  }
}

function sixteenBytes(text: string): Buffer {
  // A URL writes every IPv6 address in one way: hexadecimal, the longest run of zeros as `::`.
  const written = new URL(`http://[${text.replace(/%.*$/s, '')}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = written.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return Buffer.from([...head, ...zeros, ...tail].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
