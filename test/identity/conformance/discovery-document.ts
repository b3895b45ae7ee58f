import { expect } from 'vitest';
import { openDoor } from '../support/door.ts';
import { rawRequest } from '../support/raw-request.ts';

export type Document = Readonly<Record<string, unknown>>;

export const issuer = 'https://op.example';

/** What is served under an https issuer, asked for as a proxy in front of it would. */
export async function readPublished(path: string): Promise<Document> {
  const door = await openDoor({ publicIssuer: issuer });
  try {
    const { status, headers, body } = await rawRequest(door, path, { host: 'op.example' });
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/(?:jwk-set\+)?json\b/);
    return JSON.parse(body);
  } finally {
    await door.close();
  }
}

export const readDiscovery = () => readPublished('/.well-known/openid-configuration');

/** Every endpoint and address of a document: all https, at the issuer. */
export function expectHttpsEndpoints(document: Document): void {
  const addresses = Object.entries(document).filter(([name]) => /_(?:endpoint|uri)$/.test(name));
  expect(addresses.length).toBeGreaterThan(4);
  for (const [name, address] of addresses) expect(String(address), name).toMatch(/^https:\/\/op\.example\//);
}
