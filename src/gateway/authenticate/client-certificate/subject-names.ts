/** One attribute of a certificate's subject. */
export interface NameAttribute {
  /** The attribute's type as dotted OID, for example 2.5.4.3 (common name). */
  readonly type: string;
  /** undefined when the value is of a string type that is not read. */
  readonly text: string | undefined;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Where the next element begins. */
  readonly end: number;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OBJECT_IDENTIFIER = 0x06;
/** The explicit version of a TBSCertificate, absent from version 1. */
const VERSION = 0xa0;
const UTF8_STRING = 0x0c;
/** NumericString, PrintableString, IA5String: ASCII, each with a smaller alphabet. */
const ASCII_STRINGS = new Set([0x12, 0x13, 0x16]);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The attributes of a certificate's subject, in order, the ones of a multi-valued part one after the other as in Go.
 * Node.js shows subjects too, but leaves out attributes whose type OpenSSL has no name for. Source: RFC 5280 §4.1.2.6.
 * @param der a certificate that OpenSSL has parsed
 * @throws RangeError when it is cut short
 */
export function readSubject(der: Buffer): readonly NameAttribute[] {
  const fields = childrenOf(firstOf(childrenOf(elementAt(der, 0).content)).content);
  const subject = fields[fields[0]?.tag === VERSION ? 5 : 4];
  if (subject?.tag !== SEQUENCE) throw new RangeError('the certificate has no subject');
  return childrenOf(subject.content)
    .filter(({ tag }) => tag === SET)
    .flatMap(({ content }) => childrenOf(content))
    .map(({ content }) => attributeOf(childrenOf(content)));
}

function attributeOf([type, value]: readonly Element[]): NameAttribute {
  if (type?.tag !== OBJECT_IDENTIFIER || value === undefined) throw new RangeError('not an attribute');
  return { type: dotted(type.content), text: textOf(value) };
}

function textOf({ tag, content }: Element): string | undefined {
  if (ASCII_STRINGS.has(tag))
    return content.every((byte) => byte < 0x80) ? content.toString('ascii') : undefined;
  if (tag !== UTF8_STRING) return undefined;
  try {
    return utf8.decode(content);
  } catch {
    return undefined;
  }
}

function dotted(content: Buffer): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of content) {
    number = number * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  const root = Math.min(Math.floor(first / 40), 2);
  return [root, first - root * 40, ...rest].join('.');
}

function childrenOf(content: Buffer): Element[] {
  const children: Element[] = [];
  for (let at = 0; at < content.length; ) {
    const child = elementAt(content, at);
    children.push(child);
    at = child.end;
  }
  return children;
}

function firstOf([first]: readonly Element[]): Element {
  if (first === undefined) throw new RangeError('not a certificate');
  return first;
}

/** X.690 §8.1.3: a length below 128 is one byte, a longer one is preceded by the number of its bytes. */
function elementAt(der: Buffer, at: number): Element {
  const tag = der.readUInt8(at);
  const length = der.readUInt8(at + 1);
  const lengthBytes = length < 0x80 ? 0 : length & 0x7f;
  const start = at + 2 + lengthBytes;
  const end = start + (lengthBytes === 0 ? length : der.readUIntBE(at + 2, lengthBytes));
  if (end > der.length) throw new RangeError('the certificate is cut short');
  return { tag, content: der.subarray(start, end), end };
}
