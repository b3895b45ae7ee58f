import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationText, replayConfiguration } from '../test/gateway/authenticate/recorded.ts';
import {
  authenticateRecorded,
  looseRows,
  strictRows,
  type TokenRow,
  tokenRows,
  UNKNOWN_KEYS,
} from '../test/gateway/authenticate/token-rows.ts';
import { bytesOverHttp1 } from '../test/gateway/recorded/wire.ts';
import { type RecordedIssuers, serveRecordedIssuers } from './support/recorded-issuers.ts';
import { type Sallyport, startSallyport } from './support/sallyport.ts';

/** As many issuers as Kubernetes allows in one configuration. */
const MOST_ISSUERS = 64;
const REVIEW = '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}';

const issuersOf = (config: string) =>
  replayConfiguration(config).issuers.map(({ authenticator }) => authenticator.issuer.url);

/** The started product has the real time: rows that another time would decide otherwise are left to the unit tests. */
const isTimeless = (row: TokenRow) =>
  authenticateRecorded(row, Date.now() / 1000) instanceof Promise ||
  JSON.stringify(authenticateRecorded(row, Date.now() / 1000)) === JSON.stringify(authenticateRecorded(row));

const isAccepted = ({ id, status }: TokenRow) => looseRows.has(id) || (status === 201 && !strictRows.has(id));

/** What was given by flags is no configuration that the product reads. */
const rows = tokenRows.filter(
  ({ config, token }) => configurationText(config) !== undefined && token !== null,
);

/** Configurations together, as long as there is room. */
const parts = [...new Set(rows.map(({ config }) => config))].reduce<string[][]>((made, config) => {
  const last = made.at(-1);
  const size = (last ?? []).flatMap(issuersOf).length + issuersOf(config).length;
  if (last === undefined || size > MOST_ISSUERS) made.push([config]);
  else last.push(config);
  return made;
}, []);

describe.each(parts.map((configs, index) => [index + 1, configs] as const))(
  'recorded tokens, sent to the started product: part %i',
  (_index, configs) => {
    let issuers: RecordedIssuers;
    let sallyport: Sallyport;
    let ca: string;

    beforeAll(async () => {
      const unknown = rows
        .filter(({ id }) => id === UNKNOWN_KEYS)
        .flatMap(({ token }) => issuerIn(token) ?? []);
      issuers = await serveRecordedIssuers(configs, new Set(unknown));
      sallyport = await startSallyport((config) => config, {
        files: { 'config/demo/authentication.yaml': issuers.configuration },
      });
      ca = readFileSync(join(sallyport.dataDir, 'ca.crt'), 'utf8');
    });

    afterAll(async () => {
      await sallyport?.dispose();
      issuers?.close();
    });

    async function whoIs(token: string) {
      const lines = [
        'POST /apis/authentication.k8s.io/v1/selfsubjectreviews HTTP/1.1',
        'Host: localhost',
        'Connection: close',
        'Content-Type: application/json',
        `Content-Length: ${REVIEW.length}`,
        `Authorization: Bearer ${token}`,
      ];
      const port = Number(new URL(sallyport.gateway).port);
      const connecting = () => connect({ host: '127.0.0.1', port, ca, ALPNProtocols: ['http/1.1'] });
      const { status, body } = await bytesOverHttp1(
        connecting,
        Buffer.from(`${lines.join('\r\n')}\r\n\r\n${REVIEW}`),
      );
      return { status, user: status === 201 ? JSON.parse(body).status.userInfo : undefined };
    }

    const own = rows.filter(({ config }) => configs.includes(config)).filter(isTimeless);

    // In one test: hundreds of names would say less than the row that fails.
    it('are whose they were, or nobody’s', async () => {
      let [compared, identified] = [0, 0];
      for (const row of own) {
        const { id, config, token, userInfo } = row;
        // Here, all the issuers are trusted side by side.
        const issuer = issuerIn(token);
        if (issuer !== undefined && issuers.urls.has(issuer) && !issuersOf(config).includes(issuer)) continue;
        compared += 1;
        const answer = await whoIs(token ?? '');
        const where = `${id} ${config}: ${row.description}`;
        if (isAccepted(row)) {
          expect(answer.status, where).toBe(201);
          identified += 1;
          if (!looseRows.has(id)) expect(answer.user, where).toEqual({ username: '', ...userInfo });
        } else {
          // What can't be in a header at all does not get as far as being no token.
          expect([400, 401, 431], where).toContain(answer.status);
        }
      }
      expect(compared).toBeGreaterThan(own.length * 0.9);
      // Else the refusals would say nothing.
      expect(identified).toBeGreaterThan(0);
    });
  },
);

it('nearly all rows are sent, and many of them are somebody’s', () => {
  const sent = rows.filter(isTimeless);
  expect(sent.length).toBeGreaterThan(600);
  expect(sent.filter(isAccepted).length).toBeGreaterThan(200);
});

function issuerIn(token: string | null): string | undefined {
  try {
    return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()).iss;
  } catch {
    return undefined;
  }
}
