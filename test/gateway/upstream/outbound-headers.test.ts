import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outboundHeaders } from '../../../src/gateway/upstream/outbound-headers.ts';

const IDENTITY = ['authorization', 'Bearer own', 'impersonate-user', 'jane'];
/** What a client may say to the API server. */
const SAID = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-type',
  'content-encoding',
  'content-length',
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'range',
  'user-agent',
  'kubectl-command',
  'kubectl-session',
];
/** What would change who it is, which hop it means, or where it came from. */
const UNSAID = [
  'authorization',
  'proxy-authorization',
  'impersonate-user',
  'impersonate-group',
  'impersonate-extra-scopes',
  'impersonate_user',
  'x-remote-user',
  'x-remote-group',
  'x-forwarded-for',
  'forwarded',
  'cookie',
  'host',
  'te',
  'upgrade',
  'keep-alive',
  'transfer-encoding',
  'x-http-method-override',
  'audit-id',
];

const name = fc.oneof(fc.constantFrom(...SAID, ...UNSAID), fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/));
const value = fc.stringMatching(/^[!-~]{0,30}$/);

it('R-028 takes no other header of the client’s along than those of the list, and always says who it is', () => {
  const sets = fc.record({
    headers: fc.dictionary(name, value, { maxKeys: 12 }),
    connection: fc.array(fc.constantFrom(...SAID, 'authorization', 'impersonate-user', 'audit-id', 'close')),
  });
  fc.assert(
    fc.property(sets, ({ headers, connection }) => {
      const request = { headers: { ...headers, connection: connection.join(', ') } };
      const built = outboundHeaders(request as unknown as IncomingMessage, IDENTITY, 'the-audit-id');
      expect(built.slice(0, IDENTITY.length)).toEqual(IDENTITY);
      const names = built.filter((_, index) => index % 2 === 0).map((each) => each.toLowerCase());
      const all = new Map(names.map((each, index) => [each, built[2 * index + 1]]));
      expect(all.size).toBe(names.length);
      expect(all.get('audit-id')).toBe('the-audit-id');
      const known = new Set([...SAID, 'authorization', 'impersonate-user', 'audit-id']);
      expect(names.filter((each) => !known.has(each))).toEqual([]);
      for (const one of SAID) if (headers[one] !== undefined) expect(all.get(one)).toBe(headers[one]);
    }),
  );
});
