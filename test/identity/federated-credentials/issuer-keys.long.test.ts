import { describe, expect, it } from 'vitest';
import { createFederation, post } from './federation.ts';
import { startIssuer } from './issuer.ts';

const federation = createFederation();
const { open, claims } = federation;

describe('the keys of another issuer', () => {
  it('are asked for once for many strange ones, and again when they have changed', async () => {
    const issuer = await startIssuer();
    try {
      let now = Date.now();
      const door = await open({ now: () => now }, { issuer: issuer.url });
      const sign = (header = {}) => issuer.sign(claims(door, { iss: issuer.url }), header);
      expect((await post(door, await sign())).status).toBe(200);
      const strange = await sign({ kid: 'strange' });
      await Promise.all(Array.from({ length: 20 }, () => post(door, strange, { client_id: 'robot' })));
      expect(issuer.asked).toEqual({ discovery: 1, keys: 1 });
      await issuer.rotate();
      expect((await post(door, await sign())).status).toBe(401);
      now += 31_000;
      expect((await post(door, await sign())).status).toBe(200);
      expect(issuer.asked.keys).toBe(2);
    } finally {
      await issuer.close();
    }
  });

  it('are not looked for where a redirect leads', async () => {
    const issuer = await startIssuer();
    try {
      const door = await open({}, { issuer: issuer.url });
      const before = { ...federation.stranger.asked };
      issuer.redirectTo(federation.stranger.url);
      expect((await post(door, await issuer.sign(claims(door, { iss: issuer.url })))).status).toBe(401);
      expect(federation.stranger.asked).toEqual(before);
    } finally {
      await issuer.close();
    }
  });
});
