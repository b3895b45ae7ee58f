import { expect } from 'vitest';
import type { Subject } from './subject.ts';

export type Document = Readonly<Record<string, unknown>>;

export async function readPublished(url: string): Promise<Document> {
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/(?:jwk-set\+)?json\b/);
  return (await answer.json()) as Document;
}

export const readDiscovery = ({ issuer }: Pick<Subject, 'issuer'>) =>
  readPublished(`${issuer}/.well-known/openid-configuration`);

const required = ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri'];

/** Every endpoint and address of a document: all https, at the issuer, and those that there must be are there. */
export function expectHttpsEndpoints({ issuer }: Pick<Subject, 'issuer'>, document: Document): void {
  expect(issuer).toMatch(/^https:/);
  const addresses = Object.entries(document).filter(([name]) => /_(?:endpoint|uri)$/.test(name));
  expect(addresses.map(([name]) => name)).toEqual(expect.arrayContaining(required));
  for (const [name, address] of addresses) expect(String(address).startsWith(`${issuer}/`), name).toBe(true);
}
