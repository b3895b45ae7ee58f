import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestCluster } from '../../../src/testing/start-test-cluster.ts';
import { readMarkdown } from '../../docs/markdown.ts';
import { folder } from '../support/folder.ts';
import { run, type } from '../support/run.ts';

const MANIFESTS = 'config/network-policies';

describe('sallyport netpol can-connect', () => {
  it.each([
    ['deploy/frontend deploy/backend --port 9000', 0],
    ['deploy/frontend deploy/backend --port api', 0],
    ['deploy/frontend deploy/backend', 1],
    ['deploy/frontend sts/db', 1],
    ['shop/deployments/backend shop/statefulset/db', 0],
    ['203.0.113.7 deploy/frontend', 0],
    ['10.1.2.3 deploy/frontend', 1],
    ['monitoring/prometheus deploy/backend --port metrics', 0],
    ['monitoring/pod/prometheus deploy/backend --port api', 1],
    ['deploy/backend 1.1.1.1 --port 53/udp', 1],
    ['monitoring/prometheus 1.1.1.1', 0],
  ])('%s: %i', async (question, code) => {
    const { stdout, ...outcome } = await type(`netpol can-connect ${question} -n shop -f ${MANIFESTS}`);
    expect(outcome).toEqual({ code, stderr: '' });
    expect(stdout).toMatch(code === 0 ? /^yes\n/ : /^no\n/);
  });

  it.each([
    ['frontend db --port 6379', 0],
    ['frontend db --port 6380', 1],
    ['frontend db --port 6379/udp', 1],
    ['other db --port 6379', 1],
    ['mine/any db --port 6379', 0],
    ['172.17.0.5 db --port 6379', 0],
    ['172.17.1.5 db --port 6379', 1],
    ['db 10.0.0.7 --port 5978', 0],
    ['db 10.0.1.7 --port 5978', 1],
    ['db other --port 80', 1],
    ['other frontend --port 80', 0],
  ])("the lecture's policy, %s: %i", async (question, code) => {
    const pod = (name: string, namespace: string, labels: object) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, labels },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    });
    const namespace = (name: string, labels: object) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels },
    });
    const items = [
      namespace('default', {}),
      namespace('mine', { project: 'myproject' }),
      pod('db', 'default', { role: 'db' }),
      pod('frontend', 'default', { role: 'frontend' }),
      pod('other', 'default', {}),
      pod('any', 'mine', {}),
    ];
    const files = folder({ 'pods.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
    const outcome = await type(
      `netpol can-connect ${question} -q -f config/demo/lecture/networkpolicy.yaml -f ${files}`,
    );
    // A pod that does not run has no address, and two of the questions hang on one.
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(/^$|^Warning: a rule is about addresses/);
  });

  it('says why, to people and to programs', async () => {
    const question = `netpol can-connect deploy/frontend sts/db -n shop -f ${MANIFESTS}`;
    expect((await type(question)).stdout).toBe(`no

TCP 5432: no
  egress of deployment shop/frontend: not allowed
    NetworkPolicy shop/default-deny: has no egress rule, and so allows nothing
    NetworkPolicy shop/allow-dns spec.egress[0]: is about another destination and other ports
    NetworkPolicy shop/frontend spec.egress[0]: is about another destination and other ports
  ingress to statefulset shop/db: not allowed
    NetworkPolicy shop/default-deny: has no ingress rule, and so allows nothing
    NetworkPolicy shop/db spec.ingress[0]: is about another source
`);
    expect(JSON.parse((await type(`${question} -o json`)).stdout)).toMatchObject({
      kind: 'CanConnectResult',
      from: { type: 'deployment', namespace: 'shop', name: 'frontend' },
      allowed: false,
      ports: [
        {
          protocol: 'TCP',
          port: 5432,
          allowed: false,
          ingress: { isolated: true, policies: [{ rules: [] }, { rules: [{ peer: false, port: true }] }] },
        },
      ],
    });
    expect(await type(`${question} -q`)).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  it.each([
    ['pod/none 1.1.1.1', 'there is no pod "none" in the namespace "default"', 1],
    ['a/b/c/d 1.1.1.1', '"a/b/c/d" names no end of a connection', 2],
    ['1.1.1.1 shop/deploy/db/', 'names no end of a connection', 2],
    ['1.1.1.1 shop/sts/db --port 0', '--port: expected NUMBER[/TCP|UDP|SCTP]', 2],
    ['1.1.1.1 shop/sts/db --port 80/ICMP', '--port: expected NUMBER[/TCP|UDP|SCTP]', 2],
    ['1.1.1.1 shop/sts/db --port web', 'no container of the destination has a port that is called "web"', 2],
  ])('%s is answered by what is wrong', async (question, message, code) => {
    const outcome = await type(`netpol can-connect ${question} -f ${MANIFESTS}`);
    expect(outcome.stderr).toContain(message);
    expect(outcome.code).toBe(code);
  });

  it('takes no manifest that an API server would not take, and names each with its place', async () => {
    const files = folder({
      'a.yaml': `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: bad }
spec: { podselector: {} }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: worse }
spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0 } }] }] }
---
kind: Gadget
apiVersion: example.com/v1
`,
    });
    const { code, stderr } = await type(`netpol can-connect a b -f ${files}`);
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(files, 'a.yaml')}:2: unknown field "spec.podselector"`);
    expect(stderr).toContain(
      `${join(files, 'a.yaml')}:7: spec.ingress[0].from[0].ipBlock.cidr: Invalid value`,
    );
  });

  it('warns where manifests leave something out', async () => {
    const files = folder({
      'pods.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: ['a', 'b'].map((name) => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, namespace: 'x' },
          spec: { hostNetwork: name === 'b', containers: [{ name: 'c', image: 'i' }] },
        })),
      }),
    });
    const { code, stdout, stderr } = await type(`netpol can-connect x/a x/b -f ${files}`);
    expect(code).toBe(0);
    expect(stdout).toContain('any TCP port: yes');
    expect(stderr).toContain('nothing is known of the namespace "x" but its name');
    expect(stderr).toContain("pod x/b is on its node's network");
  });
});

it('the how-to page shows what is printed', async () => {
  const { blocks } = readMarkdown('docs/how-to/network-policies.md');
  const [shown, commands] = blocks;
  const [command = '', ...output] = shown!.text.split('\n');
  expect((await type(command.replace('$ sallyport ', ''))).stdout.trimEnd()).toBe(
    output.join('\n').trimEnd(),
  );
  for (const line of commands!.text.trimEnd().split('\n')) {
    const { code } = await type(line.replace(/^(?:! )?sallyport /, ''));
    expect(code, line).toBe(line.startsWith('!') ? 1 : 0);
  }
});

describe('on a cluster', () => {
  let cluster: Awaited<ReturnType<typeof startTestCluster>>;
  const read = (name: string) => readFileSync(join(MANIFESTS, name), 'utf8');

  beforeAll(async () => {
    cluster = await startTestCluster({ objects: read('shop.yaml') });
  });

  afterAll(() => cluster.close());

  it('asks what is there, or what would be there', async () => {
    const env = { KUBECONFIG: await cluster.kubeconfigFile() };
    const ask = async (...more: string[]) =>
      (await run(['netpol', 'can-connect', 'deploy/frontend', 'sts/db', '-n', 'shop', ...more], env)).code;
    expect(await ask()).toBe(0);
    expect(await ask('-f', join(MANIFESTS, 'policies.yaml'), '--kubeconfig', env.KUBECONFIG)).toBe(1);
    await cluster.apply(read('policies.yaml'));
    expect(await ask()).toBe(1);
    const pods = await cluster.request('GET', '/api/v1/namespaces/shop/pods?labelSelector=app=backend');
    const [{ metadata, status }] = pods.body.items;
    const outcome = await run(
      ['netpol', 'can-connect', `shop/${metadata.name}`, status.podIP, '--port', '1'],
      env,
    );
    expect(outcome.stdout).toContain('a pod always reaches itself');
    const missing = await run(['netpol', 'can-connect', 'none', status.podIP], env);
    expect(missing).toMatchObject({
      code: 1,
      stderr: 'error: there is no pod "none" in the namespace "default"\n',
    });
  });
});
