import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserLike, createBrowserLike } from '../../test/identity/support/browser-like.ts';
import {
  openRelyingPartyServer,
  type RelyingPartyServer,
} from '../../test/identity/support/relying-party-server.ts';
import { trustedCertificate } from '../../test/identity/support/trusted-certificate.ts';
import { startSallyport } from '../support/sallyport.ts';
import type { PlanClient } from './relying-party.ts';

/** The person of the demo who signs in everywhere. */
export const jane = {
  id: '41331323-6f44-45e6-b3b9-2c4b60c02be5',
  name: 'Jane',
  preferredUsername: 'jane',
  email: 'jane@example.com',
};

export const bye = 'https://rp.example/test/a/post_logout_redirect';
const client = (id: string): PlanClient => ({
  id,
  secret: `${id}-secret`,
  redirectUri: `https://rp.example/test/${id}/callback`,
});
export const planClient = client('plan');
export const secondClient = client('second');
/** Is told of sign-outs. */
export const toldClient = client('told');

/** The started product, over TLS, as the plans see it. */
export interface Subject {
  readonly issuer: string;
  browser(): BrowserLike;
  /** Milliseconds since the epoch, by the product's clock. */
  now(): number;
  /** So many seconds go by for the product. */
  wait(seconds: number): void;
  /** Where `toldClient` hears of sign-outs. */
  readonly told: RelyingPartyServer;
  close(): Promise<void>;
}

/** Seconds that the product's clock may be ahead of ours: more than all modules wait. */
export const CLOCK_TOLERANCE = 120;

const registered = ({ id, secret, redirectUri }: PlanClient, more: object = {}) => ({
  id,
  secret,
  redirectURIs: [redirectUri],
  postLogoutRedirectURIs: [bye],
  ...more,
});

export async function openSubject(): Promise<Subject> {
  const [{ certificate, privateKey }, told] = await Promise.all([
    trustedCertificate(),
    openRelyingPartyServer(),
  ]);
  const clients = [
    registered(planClient),
    registered(secondClient),
    registered(toldClient, { backchannelLogoutURI: told.url }),
  ];
  const clockFile = join(await mkdtemp(join(tmpdir(), 'conformance-')), 'clock');
  writeFileSync(clockFile, '0');
  const preload = pathToFileURL(join(import.meta.dirname, '../support/clock-ahead.ts')).href;
  const sallyport = await startSallyport(
    (config) =>
      config
        .slice(0, config.indexOf('gateway:'))
        .replace('issuer: http:', 'issuer: https:')
        .replace('  http: ', '  tlsCert: tls.crt\n  tlsKey: tls.key\n  https: ')
        .replace('staticClients: []', `staticClients: ${JSON.stringify(clients)}`),
    {
      files: { 'tls.crt': certificate, 'tls.key': privateKey },
      env: { ...process.env, CLOCK_AHEAD_FILE: clockFile, NODE_OPTIONS: `--import=${preload}` },
    },
  );
  const issuer = sallyport.issuer.replace('http:', 'https:');
  let ahead = 0;
  return {
    issuer,
    told,
    browser: () => createBrowserLike(issuer),
    now: () => Date.now() + ahead,
    wait(seconds) {
      ahead += seconds * 1000;
      writeFileSync(clockFile, String(ahead));
    },
    async close() {
      await sallyport.dispose();
      await told.close();
      await rm(dirname(clockFile), { recursive: true });
    },
  };
}
