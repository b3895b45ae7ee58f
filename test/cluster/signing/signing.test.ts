import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryStore, createSealer } from '../../../src/store/index.ts';
import {
  makeCertificateRequest,
  type RequestOptions,
} from '../../certificates/support/make-certificate-request.ts';
import { eventually, startCluster, type TestCluster } from '../support.ts';

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const client = 'kubernetes.io/kube-apiserver-client';
const kubelet = 'kubernetes.io/kube-apiserver-client-kubelet';
const serving = 'kubernetes.io/kubelet-serving';
const clientUsages = ['digital signature', 'client auth'];
const servingUsages = ['digital signature', 'key encipherment', 'server auth'];
const node = { commonName: 'system:node:n', organizations: ['system:nodes'] };
const dns = [[2, 'n.example']] as const;

let cluster: TestCluster;
let allowed: (verb: string) => boolean;
beforeEach(async () => {
  allowed = () => true;
  cluster = await startCluster({
    runsControllers: true,
    authorize: ({ verb, resource }) => ({
      decision: resource !== 'signers' || allowed(verb) ? 'allow' : 'noOpinion',
      reason: '',
    }),
  });
});
afterEach(() => cluster.close());

function ask(signerName: string, usages: readonly string[], options: RequestOptions = {}, more: object = {}) {
  const request = Buffer.from(makeCertificateRequest(options).request).toString('base64');
  return cluster.send('POST', path, {
    metadata: { name: 'c' },
    spec: { request, signerName, usages, ...more },
  });
}

async function approve() {
  const conditions = [{ type: 'Approved', status: 'True', reason: 'R', message: 'm' }];
  const { code, text } = await cluster.send('PATCH', `${path}/c/approval`, { status: { conditions } }, merge);
  expect(code, text).toBe(200);
}

const statusOf = async () => (await cluster.send('GET', `${path}/c`)).json.status;
const signed = () =>
  eventually(async () => {
    const { certificate } = await statusOf();
    return certificate === undefined ? undefined : new X509Certificate(Buffer.from(certificate, 'base64'));
  });
const failure = () =>
  eventually(async () => {
    const { conditions } = await statusOf();
    return conditions.find(({ type }: { type: string }) => type === 'Failed')?.message;
  });
const authority = async () => new X509Certificate(await cluster.cluster.clientAuthority());

describe('the signers of a cluster', () => {
  it('sign what was approved, with the authority that the cluster tells of', async () => {
    const asked = await ask(
      client,
      clientUsages,
      { organizations: ['developers'] },
      { expirationSeconds: 600 },
    );
    expect(asked.code, asked.text).toBe(201);
    expect((await statusOf()).certificate).toBeUndefined();
    await approve();
    const certificate = await signed();
    expect(certificate.checkIssued(await authority())).toBe(true);
    expect(certificate.verify((await authority()).publicKey)).toBe(true);
    expect([certificate.subject, certificate.keyUsage]).toEqual([
      'O=developers\nCN=jane',
      ['1.3.6.1.5.5.7.3.2'],
    ]);
    expect(certificate.validFromDate.toISOString()).toBe('2026-11-23T23:55:00.000Z');
    expect(certificate.validToDate.toISOString()).toBe('2026-11-24T00:10:00.000Z');
    const config = '/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication';
    expect((await cluster.send('GET', config)).json.data['client-ca-file']).toBe(
      await cluster.cluster.clientAuthority(),
    );
  });

  it('sign for a year unless less is asked for, and for nodes', async () => {
    await ask(serving, servingUsages, { ...node, alternativeNames: dns });
    await approve();
    const certificate = await signed();
    expect(certificate.validToDate.toISOString()).toBe('2027-11-23T23:55:00.000Z');
    expect([certificate.subjectAltName, certificate.keyUsage]).toEqual([
      'DNS:n.example',
      ['1.3.6.1.5.5.7.3.1'],
    ]);
  });

  it.each([
    [client, ['server auth'], {}, 'invalid usage for client certificate: server auth'],
    [client, ['digital signature'], {}, 'missing required usage for client certificate: client auth'],
    [kubelet, clientUsages, {}, 'subject organization is not system:nodes'],
    [kubelet, clientUsages, { ...node, alternativeNames: dns }, 'DNS subjectAltNames are not allowed'],
    [
      kubelet,
      clientUsages,
      { ...node, commonName: 'n' },
      'subject common name does not begin with system:node:',
    ],
    [kubelet, ['client auth'], node, 'usages did not match [client auth digital signature key encipherment]'],
    [serving, servingUsages, node, 'DNS or IP subjectAltName is required'],
    [
      serving,
      servingUsages,
      { ...node, alternativeNames: [...dns, [1, 'a@b']] } as RequestOptions,
      'Email subjectAltNames are not allowed',
    ],
  ] as const)('%s does not sign for %j of %j', async (signerName, usages, options, message) => {
    expect((await ask(signerName, usages, options)).code).toBe(201);
    await approve();
    expect(await failure()).toBe(message);
    expect((await statusOf()).certificate).toBeUndefined();
  });

  it('leave those of others to others', async () => {
    await ask('a.example/signer', clientUsages);
    await approve();
    await cluster.send('PATCH', `${path}/c`, { metadata: { labels: { a: 'b' } } }, merge);
    expect((await statusOf()).conditions).toHaveLength(1);
    expect((await statusOf()).certificate).toBeUndefined();
  });
});

describe('a request for a certificate', () => {
  it('must be one, and nobody asks to be one of system:masters', async () => {
    const spec = { request: 'LS0t', signerName: client, usages: clientUsages };
    const unread = await cluster.send('POST', path, { metadata: { name: 'c' }, spec });
    expect([unread.code, unread.json.message]).toEqual([
      422,
      'CertificateSigningRequest.certificates.k8s.io "c" is invalid: spec.request: Invalid value: "LS0t": PEM block type must be CERTIFICATE REQUEST',
    ]);
    const masters = await ask(client, clientUsages, { organizations: ['system:masters'] });
    expect([masters.code, masters.json.message]).toEqual([
      403,
      'certificatesigningrequests.certificates.k8s.io "c" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    ]);
  });

  it('is said to be signed only by who may sign for its signer', async () => {
    await ask('a.example/signer', clientUsages);
    allowed = (verb) => verb !== 'sign';
    const sign = () => cluster.send('PATCH', `${path}/c/status`, { status: { certificate: 'eA==' } }, merge);
    expect((await sign()).json.message).toBe(
      'certificatesigningrequests.certificates.k8s.io "c" is forbidden: user not permitted to sign requests with signerName "a.example/signer"',
    );
    allowed = () => true;
    expect((await sign()).code).toBe(200);
  });
});

describe("a cluster's own keys", () => {
  const key = (fill: number) => ({ current: Buffer.alloc(32, fill), previous: [] as Buffer[] });
  const secrets = ['cluster/signing/authority', 'cluster/service-accounts/signing-key'];

  async function use(store = createMemoryStore(), sealer = createSealer(undefined)) {
    const other = await startCluster({ store, sealer });
    await other.send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } });
    const { json } = await other.send('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', {
      spec: {},
    });
    const certificate = await other.cluster.clientAuthority();
    const kept = await Promise.all(secrets.map(async (each) => (await store.get(each))?.value ?? ''));
    return { store, certificate, token: json.status.token as string, kept, other };
  }

  it('are sealed where storage is, also those that lay there in clear', async () => {
    const first = await use();
    expect(first.kept.every((value) => value.startsWith('{'))).toBe(true);
    const second = await use(first.store, createSealer(key(1)));
    expect(second.kept.every((value) => value.startsWith('sealed.1.'))).toBe(true);
    expect(second.certificate).toBe(first.certificate);
    expect((await second.other.cluster.authenticate(first.token)).outcome).toBe('authenticated');
    const next = { current: Buffer.alloc(32, 2), previous: [key(1).current] };
    const third = await use(first.store, createSealer(next));
    expect(third.kept).not.toEqual(second.kept);
    expect(third.certificate).toBe(first.certificate);
    await expect(startAnew(first.store)).rejects.toThrow('is encrypted with the key');
    for (const { other } of [first, second, third]) await other.close();
  });

  async function startAnew(store: ReturnType<typeof createMemoryStore>) {
    const other = await startCluster({ store });
    try {
      return await other.cluster.clientAuthority();
    } finally {
      await other.cluster.close();
    }
  }
});
