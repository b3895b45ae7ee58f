import { isDeepStrictEqual } from 'node:util';
import type { PodTemplate } from '../shapes.ts';

export const hashLabel = 'pod-template-hash';

/** Whether pods of both templates are the same but for the hash. Source: pkg/controller/deployment/util EqualIgnoreHash. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return isDeepStrictEqual(withoutHash(a), withoutHash(b));
}

/**
 * Tells templates apart in names and labels: 32 bits, written in characters that make up no words. Two templates of one
 * hash are told apart by the count of collisions. Source: pkg/controller/controller_utils.go ComputeHash.
 */
export function templateHash(template: PodTemplate, collisionCount = 0): string {
  const text = canonicalJson(withoutHash(template)) + (collisionCount > 0 ? String(collisionCount) : '');
  return [...String(fnv1a32(text))].map((digit) => alphabet[digit.charCodeAt(0) % alphabet.length]).join('');
}

/** Source: apimachinery/pkg/util/rand SafeEncodeString. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

function withoutHash(template: PodTemplate): unknown {
  const { [hashLabel]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Independent of the order in which members were written. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
