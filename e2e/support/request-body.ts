import { decodeKubeProtobuf } from '../../src/kube/index.ts';

/** The beginning of a body that a client sent, as text; of protobuf, what it says as JSON. */
export interface SeenBody {
  readonly text: string;
  /** Whether there was more. */
  readonly isCut: boolean;
  /** Protobuf has no zeros, and no order that means something. */
  readonly isProtobuf: boolean;
}

export function seenBody(bytes: Buffer, contentType: string | undefined): SeenBody | undefined {
  if (bytes.length === 0) return undefined;
  const isProtobuf = contentType?.includes('protobuf') === true;
  const text = isProtobuf ? JSON.stringify(decodeKubeProtobuf(bytes)) : bytes.toString('utf8');
  return { text, isCut: false, isProtobuf };
}

/** Members that are another one's at each run. */
const ofARun = /^(?:uid|resourceVersion|creationTimestamp|expirationTimestamp|generation|.*restartedAt)$/;
const zero = /^(?:0|false|""|"1970-01-01T00:00:00Z")$/;
const member = /"((?:[^"\\]|\\.)*)":\s*(?:("(?:[^"\\]|\\.)*"|[[{])|(-?\d+|true|false|null)(?=[,}\]]))/g;

/** What a body says: the names of its members with their scalars, without what differs from run to run. */
function membersOf({ text, isProtobuf }: SeenBody): readonly string[] {
  return [...text.matchAll(member)].flatMap(([, name = '', opened, scalar]) => {
    const value = opened ?? scalar ?? '';
    const isOpen = value === '{' || value === '[';
    // A message that has nothing but zeros says nothing.
    if (ofARun.test(name) || (isProtobuf && (isOpen || zero.test(value)))) return [];
    return `${name}: ${isOpen ? '…' : value}`;
  });
}

/** What of the recorded body the other one does not say, and, where all of it was recorded, what is said besides. */
export function bodyDifferences(seen: SeenBody | undefined, recorded: SeenBody): readonly string[] {
  const besides = [...(seen === undefined ? [] : membersOf(seen))];
  const missing = membersOf(recorded).filter((each) => {
    const at = besides.indexOf(each);
    if (at >= 0) besides.splice(at, 1);
    return at < 0;
  });
  return [
    ...missing.map((each) => `- ${each}`),
    ...(recorded.isCut ? [] : besides.map((each) => `+ ${each}`)),
  ];
}
