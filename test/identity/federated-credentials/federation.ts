import { randomUUID } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Door, type DoorOptions, openDoor, postToken } from '../support/door.ts';
import { type OtherIssuer, seconds, startIssuer } from './issuer.ts';

export const clientCredentials = 'client_credentials';
export const grantTypes = ['authorization_code', clientCredentials];
export const subject = 'system:serviceaccount:builds:deployer';
export const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

export const post = (door: Door, client_assertion: string, more: Record<string, string> = {}) =>
  postToken(door, { grant_type: clientCredentials, client_assertion, client_assertion_type, ...more });

/** For a file of tests: an issuer that vouches for clients, one that does not, and doors that close after each test. */
export function createFederation() {
  let cluster: OtherIssuer;
  let stranger: OtherIssuer;
  beforeAll(async () => {
    [cluster, stranger] = await Promise.all([startIssuer(), startIssuer()]);
  });
  afterAll(() => Promise.all([cluster.close(), stranger.close()]));
  const opened: Door[] = [];
  afterEach(async () => {
    for (const door of opened.splice(0)) await door.close();
  });

  /** A door that is the caller's to close. */
  function openKept(options: DoorOptions = {}, credential: object = {}): Promise<Door> {
    return openDoor({
      clients: [
        {
          id: 'robot',
          clientCredentialsClaims: { groups: ['deployers'] },
          federatedCredentials: [{ issuer: cluster.url, subject, ...credential }],
        },
        { id: 'other', secret: 'other-secret', clientCredentialsClaims: { groups: [] } },
      ],
      grantTypes,
      signer: { algorithm: 'ES256' },
      ...options,
    });
  }

  /** Of a pipeline's host: for one use. */
  function claims(door: Door, change: JWTPayload = {}): JWTPayload {
    const now = seconds();
    const usual = { iss: cluster.url, sub: subject, aud: door.issuer, iat: now, exp: now + 300 };
    return { ...usual, jti: randomUUID(), ...change };
  }

  return {
    get cluster() {
      return cluster;
    },
    get stranger() {
      return stranger;
    },
    openKept,
    async open(options: DoorOptions = {}, credential: object = {}): Promise<Door> {
      const door = await openKept(options, credential);
      opened.push(door);
      return door;
    },
    claims,
    /** As Kubernetes puts it into a pod: for use until it ends. */
    ofPod: (door: Door, change: JWTPayload = {}) =>
      claims(door, {
        aud: [door.issuer],
        exp: seconds() + 600,
        'kubernetes.io': { namespace: 'builds', serviceaccount: { name: 'deployer' } },
        ...change,
      }),
  };
}
