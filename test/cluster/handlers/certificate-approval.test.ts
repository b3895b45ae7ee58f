import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samples } from '../samples.ts';
import { startCluster, type TestCluster } from '../support.ts';

const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const merge = { 'Content-Type': 'application/merge-patch+json' };
const approved = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'm' };
const denied = { ...approved, type: 'Denied' };
const withConditions = (...conditions: object[]) => ({ status: { conditions } });

let cluster: TestCluster;
let signers: readonly string[];
beforeEach(async () => {
  signers = ['a.example/signer'];
  cluster = await startCluster({
    authorize: ({ verb, resource, name }) =>
      ['approve', 'sign'].includes(verb) && resource === 'signers' && signers.includes(name)
        ? { decision: 'allow', reason: '' }
        : { decision: 'noOpinion', reason: '' },
  });
  const sample = samples['certificates.k8s.io/v1/certificatesigningrequests'];
  expect((await cluster.send('POST', path, { metadata: { name: 'c' }, ...sample })).code).toBe(201);
});
afterEach(() => cluster.close());

const change = (part: string, patch: object) => cluster.send('PATCH', `${path}/c${part}`, patch, merge);

describe('approval of a certificate', () => {
  it('writes conditions and nothing else', async () => {
    const { code, json } = await change('/approval', {
      ...withConditions(approved),
      metadata: { labels: { a: 'b' } },
      spec: { signerName: 'other.example/signer' },
    });
    expect(code).toBe(200);
    const times = { lastUpdateTime: null, lastTransitionTime: null };
    expect(json.status).toEqual({ conditions: [{ ...approved, ...times }] });
    expect(json.metadata.labels).toBeUndefined();
    expect(json.spec.signerName).toBe('a.example/signer');
  });

  it('needs the right to approve for the signer, or for all of its domain', async () => {
    signers = [];
    const { code, json } = await change('/approval', withConditions(approved));
    expect([code, json.message]).toEqual([
      403,
      'certificatesigningrequests.certificates.k8s.io "c" is forbidden: user not permitted to approve requests with signerName "a.example/signer"',
    ]);
    signers = ['a.example/*'];
    expect((await change('/approval', withConditions(approved))).code).toBe(200);
  });

  it('is given on its own path alone', async () => {
    const { code, json } = await change('/status', withConditions(approved));
    expect([code, json.message]).toEqual([
      422,
      'CertificateSigningRequest.certificates.k8s.io "c" is invalid: status.conditions: Forbidden: updates may not add a condition of type "Approved"',
    ]);
    expect((await change('', withConditions(approved))).json.status).toEqual({});
    expect((await change('/status', { status: { certificate: 'eA==' } })).code).toBe(200);
  });

  it('is for good, and one of two', async () => {
    expect((await change('/approval', withConditions(approved, denied))).json.message).toContain(
      'Approved and Denied conditions are mutually exclusive',
    );
    await change('/approval', withConditions(approved));
    expect((await change('/approval', withConditions())).json.message).toContain(
      'updates may not remove a condition of type "Approved"',
    );
    expect((await change('/approval', withConditions({ ...approved, reason: 'Else' }))).code).toBe(422);
  });

  it('is about what was asked for: that stays as it is', async () => {
    const { code, json } = await change('', { spec: { usages: ['any'] } });
    expect([code, json.spec.usages]).toEqual([200, expect.not.arrayContaining(['any'])]);
  });
});
