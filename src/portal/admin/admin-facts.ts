import type { AdminObject } from './admin-desk.ts';

/** Everything that the object says, a line each. */
export function factsOf({ metadata, spec = {}, status = {} }: AdminObject): (readonly [string, string])[] {
  const { name = '', creationTimestamp } = metadata;
  return [
    ['metadata.name', name],
    ...Object.entries({ ...spec, ...status }).map(([key, value]) => [key, valueText(value)] as const),
    ...(creationTimestamp ? [['created', creationTimestamp] as const] : []),
  ];
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ') || '–';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
