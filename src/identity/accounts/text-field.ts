import { AccountError } from './account-error.ts';

/** What no text has. */
const control = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Makes two names look like one; in the name of a person it may be part of the script. */
const invisible = /[\p{Cf}\p{Co}]/u;

/** Kubernetes keeps these names to itself, and what is given here may become a user or group name there. */
const reserved = /^\s*system:/i;

const longestName = 256;

export function refuseField(field: string, why: string): never {
  throw new AccountError('invalid', `${field} ${why}`, { field });
}

/** @throws AccountError `invalid`, with the field, for what is no name that people can tell from others */
export function checkTextField(field: string, text: string, longest = longestName): void {
  if (text.length > longest) refuseField(field, `is longer than ${longest} characters`);
  if (control.test(text) || (field !== 'name' && invisible.test(text)))
    refuseField(field, 'has an invisible character in it');
  if (text !== text.trim()) refuseField(field, 'begins or ends with a blank');
  if (reserved.test(text)) refuseField(field, 'must not begin with system:');
}
