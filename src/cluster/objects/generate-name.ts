import { randomInt } from 'node:crypto';

/** No vowels and no look-alikes, so that no words appear. Source: apimachinery/pkg/util/rand. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const maxLength = 63;

export function randomSuffix(): string {
  return Array.from({ length: suffixLength }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** The base, cut so that the name stays a DNS label, and five random characters. */
export function generateName(base: string): string {
  return base.slice(0, maxLength - suffixLength) + randomSuffix();
}
