import { printDuration, printTimestamp, readUtf8 } from './cel-conversions.ts';
import {
  CelError,
  type CelObject,
  type Evaluation,
  formatDouble,
  kindOf,
  mapKeys,
  mapMember,
  spend,
} from './cel-value.ts';
import { typeName } from './type-name.ts';

const inner = (value: unknown): unknown => (value as CelObject).value;

/** A value as text: a text as it is, what it holds in the form of CEL's literals. Source: cel-go ext/formatting.go FormatString. */
export function textOfValue(value: unknown, evaluation: Evaluation): string {
  switch (kindOf(value)) {
    case 'string':
      return value as string;
    case 'double':
      return formatDouble(value as number);
    case 'bytes':
      return readUtf8(value as Uint8Array);
    case 'timestamp':
      return printTimestamp(value as CelObject);
    case 'duration':
      return printDuration(value as CelObject);
    default:
      return literal(value, evaluation);
  }
}

function literal(value: unknown, evaluation: Evaluation): string {
  spend(evaluation, 1);
  const kind = kindOf(value);
  switch (kind) {
    case 'string':
      spend(evaluation, (value as string).length / 10);
      return JSON.stringify(value);
    case 'bytes':
      return `b${JSON.stringify(readUtf8(value as Uint8Array))}`;
    case 'double':
      return doubleLiteral(value as number);
    case 'timestamp':
      return `timestamp("${printTimestamp(value as CelObject)}")`;
    case 'duration':
      return `duration("${printDuration(value as CelObject)}")`;
    case 'list':
      return `[${(value as readonly unknown[]).map((each) => literal(each, evaluation)).join(', ')}]`;
    case 'map':
      return mapLiteral(value, evaluation);
    case 'uint':
      return String(inner(value));
    case 'type':
      return typeName(String(inner(value)));
    case 'int':
    case 'bool':
    case 'null_type':
      return String(value);
    default:
      throw new CelError(`no formatting function for ${typeName(kind)}`);
  }
}

function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) return `"${formatDouble(value)}"`;
  // Beyond this, toFixed() prints an exponent.
  return Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
}

const keyKinds = new Set(['string', 'bool', 'int', 'uint']);

function mapLiteral(map: unknown, evaluation: Evaluation): string {
  const entries = mapKeys(map, evaluation).map((key) => {
    if (!keyKinds.has(kindOf(key))) {
      throw new CelError(`no formatting function for map key of type ${typeName(kindOf(key))}`);
    }
    return [literal(key, evaluation), literal(mapMember(map, key), evaluation)] as const;
  });
  const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map((entry) => entry.join(':')).join(', ')}}`;
}
