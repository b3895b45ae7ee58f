import { describe, expect, it } from 'vitest';
import {
  authenticateRecorded,
  looseRows,
  otherReasonRows,
  strictRows,
  tokenRows,
  UNKNOWN_KEYS,
} from './token-rows.ts';

/** Reasons up to where details differ: times of the recording, Go's JSON and base64 parsers. */
const detailed = [
  'oidc: verify token: oidc: malformed jwt: ',
  'oidc: verify token: oidc: current time ',
  'oidc: could not expand distributed claims: ',
];

function cause(text: string): string {
  const inner = text.replace(/^\[invalid bearer token, (.*)\]$/s, '$1');
  const start = detailed.find((prefix) => inner.startsWith(prefix));
  return (
    start ??
    inner
      // A time that overflows, as Go prints it and as a number.
      .replace(/Token Expiry: (\d{12}-.*|[\d.]+e\+\d+|\d{13,})\)$/, 'Token Expiry: never)')
      .replace(/json: (invalid number literal|cannot unmarshal string into .*idToken\.exp ).*$/s, 'json: exp')
  );
}

describe('tokens, as recorded from kube-apiserver', () => {
  it.each(tokenRows.map((row) => [row.id, row.config, row.description, row] as const))(
    '%s %s: %s',
    (...[id, , , row]) => {
      const outcome = authenticateRecorded(row);
      if (outcome instanceof Promise) throw new Error('answered with a promise');
      const accepted = looseRows.has(id) || (row.status === 201 && !strictRows.has(id));
      if (strictRows.has(id)) expect(row.status).toBe(201);
      if (looseRows.has(id)) expect(row.status).toBe(401);
      expect(outcome.outcome).toBe(accepted ? 'authenticated' : 'unauthorized');
      if (outcome.outcome === 'authenticated' && !looseRows.has(id))
        expect(outcome.user).toEqual({ username: '', ...row.userInfo });
      const compared =
        row.error !== undefined && id !== UNKNOWN_KEYS && !otherReasonRows.has(id) && !looseRows.has(id);
      if (outcome.outcome === 'unauthorized' && compared)
        expect(cause(outcome.reason)).toBe(cause(row.error ?? ''));
    },
  );

  it('replays all', () => {
    expect(tokenRows.length).toBe(748);
  });

  it('lists no row that was not recorded, and none twice', () => {
    const listed = [...strictRows, ...looseRows, ...otherReasonRows];
    const ids = new Set(tokenRows.map(({ id }) => id));
    expect(listed.filter((id, index) => !ids.has(id) || listed.indexOf(id) !== index)).toEqual([]);
  });
});
