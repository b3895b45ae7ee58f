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
      expect((await admin.ask('POST', 'oauthclients', {})).status).toBe(405);
    } finally {
      await admin.close();
      await door.close();
    }
  });
});
