import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  denied,
  openAdmissionWebhook,
  patching,
  ruleOf,
  webhookConfiguration,
} from '../test/cluster/admission/admission-webhook.ts';
import { openConversionWebhook, refusal } from '../test/cluster/custom/conversion/conversion-webhook.ts';
import { betaHostPort, hostPort, hostPorts } from '../test/cluster/custom/conversion/host-port.ts';
import { KUBECTL_VERSIONS, run } from './support/kubectl.ts';
import { said } from './support/outcomes.ts';
import type { KubectlVersion } from './support/tools.ts';
import { startTrustingTokens, type TrustedTokens } from './support/trusted-tokens.ts';

/** The CronTab of Kubernetes' documentation, with more of what a definition may say. */
function cronTabs(group: string): string {
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: crontabs.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { plural: crontabs, singular: crontab, kind: CronTab, shortNames: [ct], categories: [all] }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          description: A job that is run at certain times.
          type: object
          properties:
            spec:
              type: object
              required: [cronSpec]
              properties:
                cronSpec: { type: string, description: When it is run., pattern: '^(\\S+ ){4}\\S+$' }
                image: { type: string }
                replicas: { type: integer, minimum: 1, default: 1 }
                env:
                  type: array
                  x-kubernetes-list-type: map
                  x-kubernetes-list-map-keys: [name]
                  items:
                    type: object
                    required: [name]
                    properties: { name: { type: string }, value: { type: string } }
            status:
              type: object
              properties: { replicas: { type: integer }, labelSelector: { type: string } }
      additionalPrinterColumns:
        - { name: Schedule, type: string, jsonPath: .spec.cronSpec }
        - { name: Replicas, type: integer, jsonPath: .spec.replicas, priority: 1 }
        - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
      subresources:
        status: {}
        scale: { specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas }
`;
}

function cronTab(group: string, spec: string): string {
  return `apiVersion: ${group}/v1
kind: CronTab
metadata: { name: nightly }
spec: { cronSpec: '0 3 * * *', ${spec} }
`;
}

const ofOthers = { name: 'not-the-clusters-own', expression: "!request.name.startsWith('kube-')" };

function fewKeys(rule: object) {
  const message = "'at most 2 keys, not ' + string(object.data.size())";
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'few-keys' },
    spec: {
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'object.data.size() <= 2', messageExpression: message }],
    },
  };
}

const fewKeysBinding = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'few-keys' },
  spec: {
    policyName: 'few-keys',
    validationActions: ['Deny'],
    matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'dev' } } },
  },
};

describe('custom resources', () => {
  let started: TrustedTokens;

  beforeAll(async () => {
    started = await startTrustingTokens();
  });

  afterAll(() => started?.dispose());

  const openAdmin = (version: KubectlVersion) => started.open(version, 'root', ['platform-admins']);

  it.each(KUBECTL_VERSIONS)('live as kubectl %s expects', async (version) => {
    const group = `v${version.replace('.', '')}.example.com`;
    const { kubectl, kubectlWith } = await openAdmin(version);

    const apply = (manifest: string, ...flags: string[]) =>
      kubectlWith(manifest, 'apply', '-f', '-', ...flags);
    const read = (...args: string[]) => said(kubectl('get', ...args));

    expect(await said(apply(cronTabs(group)))).toBe(
      `customresourcedefinition.apiextensions.k8s.io/crontabs.${group} created\n`,
    );
    await said(kubectl('wait', '--for=condition=Established', `crd/crontabs.${group}`, '--timeout=10s'));
    expect(await read('crd', `crontabs.${group}`)).toMatch(/^NAME\s+CREATED AT\n/);
    for (const output of ['plaintext', 'plaintext-openapiv2']) {
      const field = ['explain', 'crontabs.spec.cronSpec', `--api-version=${group}/v1`];
      expect(await said(kubectl(...field, `--output=${output}`))).toContain('When it is run.');
    }
    expect(await said(kubectl('api-resources', `--api-group=${group}`))).toMatch(
      new RegExp(`crontabs\\s+ct\\s+${group}/v1\\s+true\\s+CronTab`),
    );

    expect(await said(apply(cronTab(group, 'image: a')))).toBe(`crontab.${group}/nightly created\n`);
    expect(await said(apply(cronTab(group, 'image: a')))).toBe(`crontab.${group}/nightly unchanged\n`);
    expect(await said(apply(cronTab(group, 'image: b')))).toBe(`crontab.${group}/nightly configured\n`);
    expect(await read(`ct.${group}`)).toMatch(/^NAME\s+SCHEDULE\s+AGE\nnightly\s+0 3 \* \* \*\s+\d+s\n$/);
    expect(await read(`crontabs.${group}`, '-o', 'wide')).toMatch(/^NAME\s+SCHEDULE\s+REPLICAS\s+AGE\n/);
    expect(await read('all')).toContain(`crontab.${group}/nightly`);

    await said(kubectl('scale', `crontabs.${group}/nightly`, '--replicas=3'));
    await said(kubectl('patch', `ct.${group}`, 'nightly', '--type=merge', '-p', '{"spec":{"image":"c"}}'));
    await said(kubectl('label', `ct.${group}`, 'nightly', 'team=a'));
    const spec = 'jsonpath={.spec.replicas} {.spec.image} {.metadata.labels.team} {.metadata.generation}';
    expect(await read(`ct.${group}`, 'nightly', '-o', spec)).toBe('3 c a 4');

    const strategic = await kubectl('patch', `ct.${group}`, 'nightly', '-p', '{"spec":{}}');
    expect(strategic.stderr).toContain('application/strategic-merge-patch+json is not supported by');
    const strict = await apply(cronTab(group, 'imgae: a'));
    expect(strict.stderr).toContain('strict decoding error: unknown field "spec.imgae"');
    const invalid = await apply(cronTab(group, 'replicas: 0'));
    expect(invalid.stderr).toContain(
      `The CronTab "nightly" is invalid: spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1`,
    );

    const env = (value: string) => cronTab(group, `env: [{ name: A, value: '${value}' }]`);
    await said(apply(env('1'), '--server-side', '--field-manager=one'));
    const conflict = await apply(env('2'), '--server-side', '--field-manager=two');
    expect(conflict.stderr).toContain('conflict with "one": .spec.env[name="A"].value');

    expect(await said(kubectl('delete', 'crd', `crontabs.${group}`))).toContain(
      `"crontabs.${group}" deleted`,
    );
    const gone = await kubectl('get', `crontabs.${group}`);
    expect(gone.stderr).toContain(`the server doesn't have a resource type "crontabs"`);
  });

  it('are converted by a webhook, whichever version kubectl speaks', async () => {
    const { kubectl, kubectlWith, spawnKubectl } = await openAdmin('1.35');
    const webhook = await openConversionWebhook();
    const applied = (manifest: object, ...flags: string[]) =>
      said(kubectlWith(JSON.stringify(manifest), 'apply', '-f', '-', ...flags));
    try {
      await applied(hostPorts(webhook));
      await said(kubectl('wait', '--for=condition=Established', 'crd/hostports.conv.example.com'));
      expect(await applied(hostPort('web'))).toBe('hostport.conv.example.com/web created\n');
      const read = (version: string, output: string) =>
        said(kubectl('get', `hostports.${version}.conv.example.com`, 'web', '-o', output));
      expect(await read('v1', 'jsonpath={.spec.host} {.spec.port}')).toBe('a 1');
      expect(await read('v1beta1', 'jsonpath={.spec.hostPort}')).toBe('a:1');
      expect(await read('v1', 'wide')).toMatch(/^NAME\s+HOST\nweb\s+a\n$/);

      const watching = spawnKubectl(
        'get',
        'hostports.v1.conv.example.com',
        '--watch',
        '-o',
        'jsonpath={.spec.host}{"\\n"}',
      );
      let seen = '';
      watching.stdout?.on('data', (text: Buffer) => {
        seen += text.toString();
      });
      await expect.poll(() => seen, { timeout: 20_000 }).toBe('a\n');
      expect(await applied(betaHostPort('web', { hostPort: 'b:2' }))).toBe(
        'hostport.conv.example.com/web configured\n',
      );
      await expect.poll(() => seen, { timeout: 20_000 }).toBe('a\nb\n');
      watching.kill();

      const taken = await kubectlWith(
        JSON.stringify({ ...hostPort('web', { host: 'c' }) }),
        ...['apply', '-f', '-', '--server-side', '--field-manager=other'],
      );
      expect(taken.stderr).toContain(
        'conflict with "kubectl-client-side-apply" using conv.example.com/v1beta1: .spec.hostPort',
      );
      webhook.answer(refusal('out of order'));
      const failed = await kubectl('get', 'hostports.v1.conv.example.com');
      expect(failed.stderr).toContain(
        'conversion webhook for conv.example.com/v1beta1, Kind=HostPort failed: out of order',
      );
      expect(await said(kubectl('delete', 'crd', 'hostports.conv.example.com'))).toContain('deleted');
    } finally {
      await webhook.close();
    }
  });

  it('and all else that is written are looked at by admission webhooks and policies', async () => {
    const { kubectl, kubectlWith } = await openAdmin('1.35');
    const webhook = await openAdmissionWebhook();
    const apply = (manifest: object, ...flags: string[]) =>
      kubectlWith(JSON.stringify(manifest), 'apply', '-f', '-', ...flags);
    const settings = (name: string, data: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data,
    });
    const rule = ruleOf('configmaps', ['CREATE', 'UPDATE']);
    const hook = { clientConfig: webhook.at('/'), rules: [rule], matchConditions: [ofOthers] };
    try {
      await said(apply(webhookConfiguration('Mutating', 'e2e', [hook])));
      webhook.answer(patching({ op: 'add', path: '/data/by', value: 'webhook' }));
      expect(await said(apply(settings('changed', { a: '1' })))).toBe('configmap/changed created\n');
      const by = ['configmap', 'changed', '-o', 'jsonpath={.data.by}'];
      expect(await said(kubectl('get', ...by))).toBe('webhook');
      // What the webhook has added belongs to nobody, so that nobody takes it away.
      expect(await said(apply(settings('changed', { a: '2' })))).toBe('configmap/changed configured\n');
      expect(await said(kubectl('get', ...by))).toBe('webhook');
      const diff = await kubectlWith(JSON.stringify(settings('changed', { a: '3' })), 'diff', '-f', '-');
      expect(diff.stdout).toContain('+  a: "3"');
      webhook.answer(denied({ message: 'not today', code: 403 }));
      const refused = await apply(settings('refused', {}));
      expect([refused.code, refused.stderr]).toEqual([
        1,
        expect.stringContaining('admission webhook "0.e2e.example.com" denied the request: not today'),
      ]);
      await said(kubectl('delete', 'mutatingwebhookconfiguration', 'e2e'));

      await said(apply(fewKeys(rule)));
      await said(apply(fewKeysBinding));
      const many = await apply(settings('many', { a: '', b: '', c: '' }));
      expect([many.code, many.stderr]).toEqual([
        1,
        expect.stringContaining(
          "ValidatingAdmissionPolicy 'few-keys' with binding 'few-keys' denied request: at most 2 keys, not 3",
        ),
      ]);
      expect(await said(apply(settings('few', { a: '', b: '' })))).toBe('configmap/few created\n');
      await said(kubectl('delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', 'few-keys'));
    } finally {
      await webhook.close();
    }
  });

  it.each(['3', '4'] as const)('are made by helm %s, before what needs them', async (version) => {
    const group = `helm${version}.example.com`;
    const admin = await openAdmin('1.35');
    const chart = join(admin.home, 'cron');
    await mkdir(join(chart, 'crds'), { recursive: true });
    await mkdir(join(chart, 'templates'));
    await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: cron\nversion: 0.1.0\n');
    await writeFile(join(chart, 'crds/crontabs.yaml'), cronTabs(group));
    await writeFile(join(chart, 'templates/nightly.yaml'), cronTab(group, 'image: {{ .Release.Name }}'));
    const helm = async (...args: string[]) => {
      const { code, stderr } = await run(inject('helm')[version], args, admin.env);
      expect(code, `helm ${args.join(' ')}: ${stderr}`).toBe(0);
    };
    const image = async () =>
      (await admin.kubectl('get', `crontabs.${group}`, 'nightly', '-o', 'jsonpath={.spec.image}')).stdout;
    await helm('install', `cron${version}`, chart, '--wait');
    expect(await image()).toBe(`cron${version}`);
    await helm('upgrade', `cron${version}`, chart, '--wait');
    await helm('uninstall', `cron${version}`);
    expect(await image()).toBe('');
  });

  it('are there after a restart', async () => {
    const { kubectl, kubectlWith } = await openAdmin('1.35');
    const group = 'kept.example.com';
    await kubectlWith(cronTabs(group), 'apply', '-f', '-');
    await kubectl('wait', '--for=condition=Established', `crd/crontabs.${group}`, '--timeout=10s');
    await kubectlWith(cronTab(group, 'image: a'), 'apply', '-f', '-');
    await started.killAndRestart();
    const { stdout } = await kubectl('get', `crontabs.${group}`, '-o', 'name');
    expect(stdout).toBe(`crontab.${group}/nightly\n`);
  });
});
