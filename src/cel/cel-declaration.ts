import { authorizerKinds } from './cel-authorizer.ts';
import { parseDuration, parseTimestamp } from './cel-conversions.ts';
import { type CelType, type as celType, dyn, objectType } from './cel-type.ts';
import { CelError } from './cel-value.ts';

/** What schemas say nothing of, and Kubernetes' estimates take for free. */
const memberName: CelType = { ...celType('string'), most: 0 };

/** What the types of values can be declared as. */
export const declareType = {
  /** Looked at when an expression is run and not before. */
  dynamic: dyn,
  bool: celType('bool'),
  bytes: celType('bytes'),
  double: celType('double'),
  duration: celType('duration'),
  int: celType('int'),
  string: celType('string'),
  timestamp: celType('timestamp'),
  list: (items: CelType): CelType => celType('list', items),
  map: (values: CelType): CelType => celType('map', memberName, values),
  /** What asks an authorizer. @param members by the names that expressions call them */
  authorizer: (members: ReadonlyMap<string, CelType>): CelType =>
    objectType(members, authorizerKinds.authorizer),
  resourceCheck: celType(authorizerKinds.resource),
  /** @param fields by the names that expressions call them */
  object: objectType,
  /** The same, whose values are no larger. @param most bytes of a text, elements of a list or a map */
  bounded: (declared: CelType, most: number): CelType => ({ ...declared, most }),
} as const;

/** The value that a text of this type stands for; the text itself when it stands for none. */
export function valueOfText(type: CelType, text: string): unknown {
  try {
    if (type.name === 'timestamp') return parseTimestamp(text.includes('T') ? text : `${text}T00:00:00Z`);
    if (type.name === 'duration') return parseDuration(text);
    return type.name === 'bytes' ? new Uint8Array(Buffer.from(text, 'base64')) : text;
  } catch (error) {
    if (error instanceof CelError) return text;
    throw error;
  }
}
