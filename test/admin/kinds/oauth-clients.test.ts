import { describe, expect, it } from 'vitest';
import { openDoor, webClient } from '../../identity/support/door.ts';
import { serveAdmin } from '../support/served-admin.ts';

describe('OAuth clients', () => {
  it('are those in force, without their secrets', async () => {
    const odd = { id: 'https://app.example/x', public: true, redirectURIs: ['https://app.example/cb'] };
    const door = await openDoor({ clients: [webClient, odd] });
    const admin = await serveAdmin({ identity: door.identity });
    try {
      const { json } = await admin.ask('GET', 'oauthclients');
      const encoded = `encoded-${Buffer.from(odd.id).toString('base64url')}`;
      const names = json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
      expect(names).toEqual([encoded, 'kubectl', 'web']);
      expect(JSON.stringify(json)).not.toContain(webClient.secret);
      expect((await admin.ask('GET', 'oauthclients/web')).json).toMatchObject({
        kind: 'OAuthClient',
        spec: { clientID: 'web', name: 'Web App', public: false, redirectURIs: webClient.redirectURIs },
        status: { hasSecret: true, hasKeys: false, source: 'Static' },
      });
      expect((await admin.ask('GET', `oauthclients/${encoded}`)).json.spec.clientID).toBe(odd.id);
      expect((await admin.ask('GET', 'oauthclients/kubectl')).json.status.source).toBe('BuiltIn');
      await door.identity.reload({ clients: [odd], passwords: [] });
      expect((await admin.ask('GET', 'oauthclients/web')).status).toBe(404);
    } finally {
      await admin.close();
      await door.close();
    }
  });

  it('that have registered themselves are there with the others, and can be deleted; no others', async () => {
    const registration = { initialAccessToken: undefined, maxClients: 10, unusedFor: 3_600_000 };
    const door = await openDoor({ registration });
    const admin = await serveAdmin({ identity: door.identity });
    try {
      const answer = await fetch(`${door.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'An App', redirect_uris: ['https://app.example/cb'] }),
      });
      const { client_id: id, client_secret: secret } = (await answer.json()) as Record<string, string>;
      const one = await admin.ask('GET', `oauthclients/${id}`);
      expect(one.json).toMatchObject({
        metadata: { name: id, creationTimestamp: expect.stringMatching(/^\d{4}-.*Z$/) },
        spec: { clientID: id, name: 'An App', redirectURIs: ['https://app.example/cb'] },
        status: { hasSecret: true, source: 'Registered' },
      });
      expect(JSON.stringify(one.json)).not.toContain(secret);
      for (const name of ['web', 'kubectl']) {
        const { status, json } = await admin.ask('DELETE', `oauthclients/${name}`);
        expect([status, json.message]).toEqual([403, expect.stringContaining('the configuration file')]);
      }
      expect((await admin.ask('DELETE', `oauthclients/${id}?dryRun=All`)).status).toBe(200);
      expect(door.identity.hasClient(id ?? '')).toBe(true);
      expect((await admin.ask('DELETE', `oauthclients/${id}`)).status).toBe(200);
      expect((await admin.ask('GET', `oauthclients/${id}`)).status).toBe(404);
      expect((await admin.ask('DELETE', `oauthclients/${id}`)).status).toBe(404);
      expect(door.events.at(-1)).toMatchObject({
        action: 'client.delete',
        subject: id,
        actor: 'gateway:jane',
      });
    } finally {
      await admin.close();
      await door.close();
    }
  });
});
