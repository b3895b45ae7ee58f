import { afterAll, beforeAll, expect, it } from 'vitest';
import { addClustersDocument } from '../../src/portal/index.ts';
import { type Door, openDoor } from '../identity/support/door.ts';

let door: Door;
let authority = 'first';

beforeAll(async () => {
  door = await openDoor();
  addClustersDocument({
    host: door.identity.pages,
    issuer: door.issuer,
    clientId: 'kubectl',
    clusters: [
      { name: 'sallyport', server: 'https://kube.example' },
      { name: 'sallyport-prod', server: 'https://kube.example/clusters/prod' },
    ],
    certificateAuthority: () => authority,
  });
});
afterAll(() => door.close());

const read = () => fetch(`${door.issuer}/.well-known/sallyport`);

it('says where issuer and clusters are, to anybody', async () => {
  const answer = await read();
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  const certificate_authority_data = Buffer.from('first').toString('base64');
  expect(await answer.json()).toEqual({
    issuer: door.issuer,
    client_id: 'kubectl',
    clusters: [
      { name: 'sallyport', server: 'https://kube.example', certificate_authority_data },
      { name: 'sallyport-prod', server: 'https://kube.example/clusters/prod', certificate_authority_data },
    ],
  });
});

it('follows a new certificate', async () => {
  authority = 'second';
  const { clusters } = (await (await read()).json()) as {
    clusters: { certificate_authority_data: string }[];
  };
  expect(clusters.map((cluster) => cluster.certificate_authority_data)).toEqual(
    Array(2).fill(Buffer.from('second').toString('base64')),
  );
});
