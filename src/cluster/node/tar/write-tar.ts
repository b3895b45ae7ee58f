import { blockLength, checksumOf, paddingOf, type TarMember } from './tar-header.ts';

/** The blocks before a member's content. Source: POSIX.1-2017 pax, "ustar Interchange Format". */
export function tarHeader(member: TarMember): Buffer {
  const name = splitName(member.path);
  if (name !== undefined) return ustar(member, name, typeFlag[member.kind]);
  const record = paxRecord('path', member.path);
  const about = { ...member, size: record.length };
  const short = { name: member.path.slice(0, 50), prefix: '' };
  return Buffer.concat([
    ustar(about, { name: 'pax_header', prefix: '' }, 'x'),
    record,
    Buffer.alloc(paddingOf(record.length)),
    ustar(member, short, typeFlag[member.kind]),
  ]);
}

/** What follows a content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc(paddingOf(size));
}

export const tarEnd: Buffer = Buffer.alloc(2 * blockLength);

const typeFlag = { file: '0', directory: '5', other: '0' } as const;

interface SplitName {
  readonly name: string;
  readonly prefix: string;
}

/** A path of up to 255 bytes, cut at a slash; undefined when it does not fit. */
function splitName(path: string): SplitName | undefined {
  if (Buffer.byteLength(path) !== path.length) return undefined;
  if (path.length <= 100) return { name: path, prefix: '' };
  const cut = path.indexOf('/', path.length - 101);
  if (cut < 1 || cut > 155 || cut === path.length - 1) return undefined;
  return { name: path.slice(cut + 1), prefix: path.slice(0, cut) };
}

function ustar(member: TarMember, { name, prefix }: SplitName, flag: string): Buffer {
  const header = Buffer.alloc(blockLength);
  header.write(name, 0, 100);
  octal(header, 100, 8, member.mode & 0o7777);
  octal(header, 108, 8, 0);
  octal(header, 116, 8, 0);
  octal(header, 124, 12, member.size);
  octal(header, 136, 12, Math.max(0, Math.floor(member.modifiedAt / 1000)));
  header.write(flag, 156);
  header.write('ustar\x0000', 257);
  header.write('root', 265);
  header.write('root', 297);
  header.write(prefix, 345, 155);
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function octal(header: Buffer, offset: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
