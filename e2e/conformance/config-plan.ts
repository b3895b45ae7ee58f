/** The module of the OpenID Foundation's Config plan (`oidcc-config-certification-test-plan`). */
import { expect } from 'vitest';
import { expectHttpsEndpoints, readDiscovery, readPublished } from './discovery-document.ts';
import type { Plan } from './plan.ts';

export const configPlan: Plan = {
  'discovery-endpoint-verification': async ({ subject }) => {
    const document = await readDiscovery(subject);
    expect(document['issuer']).toBe(subject.issuer);
    expectHttpsEndpoints(subject, document);
    expect(document).toMatchObject({
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
      grant_types_supported: expect.arrayContaining(['authorization_code']),
      scopes_supported: expect.arrayContaining(['openid']),
      claims_supported: expect.arrayContaining(['sub', 'iss', 'auth_time', 'email', 'groups']),
      code_challenge_methods_supported: ['S256'],
      request_uri_parameter_supported: false,
      claims_parameter_supported: false,
    });
    expect(document['request_parameter_supported'] ?? false).toBe(false);
    for (const scope of document['scopes_supported'] as string[]) expect(scope).toMatch(/^[!#-[\]-~]+$/);
    for (const locale of document['ui_locales_supported'] as string[]) {
      expect(Intl.getCanonicalLocales(locale)).toEqual([locale]);
    }
    for (const [name, value] of Object.entries(document)) expect(value, name).not.toBeNull();

    const json = await readPublished(String(document['jwks_uri']));
    const keys = json['keys'] as Record<string, unknown>[];
    expect(keys.length).toBeGreaterThan(0);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatchObject({
        use: 'sig',
        kid: expect.any(String),
        kty: expect.stringMatching(/^(?:RSA|EC)$/),
      });
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
    }
  },
};
