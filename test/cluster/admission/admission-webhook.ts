import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  type Answer,
  type ConversionWebhook,
  openConversionWebhook,
} from '../custom/conversion/conversion-webhook.ts';
import { configMap, startCluster, type TestAnswer, type TestCluster } from '../support.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of every shape
type Json = any;

/** An https server that is asked about writes: it allows all of them until it is told otherwise. */
export interface AdmissionWebhook extends Pick<ConversionWebhook, 'reviews' | 'answer' | 'close'> {
  /** The clientConfig of a webhook at a path of it. */
  at(path: string): { url: string; caBundle: string };
  /** What was asked since the last look. */
  asked(): Json[];
}

export async function openAdmissionWebhook(): Promise<AdmissionWebhook> {
  const server = await openConversionWebhook();
  server.answer(allowed);
  return {
    ...server,
    answer: (how = allowed) => server.answer(how),
    at: (path) => ({ url: server.url.replace('/convert', path), caBundle: server.caBundle }),
    asked: () => server.reviews.splice(0).map(({ request }) => request),
  };
}

export function verdict({ apiVersion, kind, request }: Json, response: object): Json {
  return { apiVersion, kind, response: { uid: request.uid, ...response } };
}

export const allowed: Answer = (review) => verdict(review, { allowed: true });

export function denied(status?: object): Answer {
  return (review) => verdict(review, { allowed: false, ...(status && { status }) });
}

export function patching(...operations: readonly object[]): Answer {
  const patch = Buffer.from(JSON.stringify(operations)).toString('base64');
  return (review) => verdict(review, { allowed: true, patch, patchType: 'JSONPatch' });
}

/** Another answer at each path; allows at others. */
export function byPath(answers: Readonly<Record<string, Answer>>): Answer {
  return (review, path = '') => (answers[path] ?? allowed)(review, path);
}

export const configurations = '/apis/admissionregistration.k8s.io/v1/';

/** A rule about one resource of the core group. */
export function ruleOf(resource: string, operations: readonly string[] = ['*'], more: object = {}) {
  return { operations, apiGroups: [''], apiVersions: ['v1'], resources: [resource], ...more };
}

export function webhookConfiguration(
  kind: 'Mutating' | 'Validating',
  name: string,
  webhooks: readonly object[],
) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: `${kind}WebhookConfiguration`,
    metadata: { name },
    webhooks: webhooks.map((each, index) => ({
      name: `${index}.${name}.example.com`,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      ...each,
    })),
  };
}

/** A cluster and a webhook for the tests of a file; what one of them has configured is gone before the next. */
export function reviewedCluster() {
  let cluster: TestCluster;
  let webhook: AdmissionWebhook;
  const made: string[] = [];
  const annotations: Record<string, string>[] = [];
  let count = 0;

  beforeAll(async () => {
    [cluster, webhook] = await Promise.all([
      startCluster({ annotate: (key, value) => annotations.push({ [key]: value }) }),
      openAdmissionWebhook(),
    ]);
  });
  afterEach(async () => {
    while (made.length > 0) await unconfigure();
    webhook.answer();
    webhook.asked();
    annotations.length = 0;
  });
  afterAll(() => Promise.all([cluster.close(), webhook.close()]));

  async function configure(
    kind: 'Mutating' | 'Validating',
    webhooks: readonly object[],
    name = `c${++count}`,
  ): Promise<void> {
    const resource = `${configurations}${kind.toLowerCase()}webhookconfigurations`;
    const { code, text } = await cluster.send('POST', resource, webhookConfiguration(kind, name, webhooks));
    expect(code, text).toBe(201);
    made.push(`${resource}/${name}`);
  }

  /** Takes back what was configured last. */
  async function unconfigure(): Promise<void> {
    expect((await cluster.send('DELETE', made.pop() ?? '')).code).toBe(200);
  }

  return {
    send: (...args: Parameters<TestCluster['send']>) => cluster.send(...args),
    respond: (how?: Answer) => webhook.answer(how),
    /** What was asked since the last look. */
    questions: () => webhook.asked(),
    locate: (path: string) => webhook.at(path),
    /** What audit events were to say. */
    annotations,
    configure,
    unconfigure,
    validating: (rule: object, more: object = {}) =>
      configure('Validating', [{ clientConfig: webhook.at('/v'), rules: [rule], ...more }]),
    mutating: (rule: object, more: object = {}) =>
      configure('Mutating', [{ clientConfig: webhook.at('/m'), rules: [rule], ...more }]),
    create: (name: string, data?: Record<string, string>, metadata = {}, query = '') =>
      cluster.send('POST', configMaps + query, configMap(name, data, metadata)),
  };
}

export const configMaps = '/api/v1/namespaces/default/configmaps';
export const mergePatch = { 'Content-Type': 'application/merge-patch+json' };

export function statusOf({ json: { code, reason = '', message } }: TestAnswer) {
  return { code, reason, message };
}
