import { describe, expect, it } from 'vitest';
import { forbiddenObject, notFound, untypedError } from '../../src/kube/index.ts';
import {
  createPolicy,
  type EscalationRefusal,
  type Policy,
  type PolicyObject,
  RBAC_GROUP,
} from '../../src/rbac/index.ts';
import { corpusLines, withoutAggregation } from './corpus.ts';

interface Step {
  readonly case: number;
  readonly step: number;
  readonly note: string;
  readonly user: string;
  readonly groups: string[];
  readonly state: PolicyObject[];
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly request: PolicyObject;
  readonly status: number;
  readonly body: { readonly message?: string };
}

type Json = Record<string, unknown>;

const steps = corpusLines<Step>('escalation.jsonl');
const cases = [...new Set(steps.map((step) => step.case))];

/** What the embedded API does around the check: keeps the objects, applies the patch, fills in metadata. */
function createReplay(first: Step) {
  const policy = createPolicy();
  const stored = new Map<string, PolicyObject>();

  function keep(path: string, object: PolicyObject): void {
    stored.set(path, object);
    policy.put('cluster', withoutAggregation(object));
  }

  for (const object of first.state) {
    const { name, namespace } = object.metadata;
    const scope = namespace === undefined ? '' : `namespaces/${namespace}/`;
    const path = `/apis/${RBAC_GROUP}/v1/${scope}${object.kind.toLowerCase()}s/${name}`;
    // What GET returned is known only from the request that sent it back.
    const sentBack = steps.find(
      (step) => step.case === first.case && step.path === path && step.request.metadata?.['uid'],
    );
    const metadata = {
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: 't',
      ...sentBack?.request.metadata,
      ...object.metadata,
    };
    keep(path, { ...object, metadata });
  }
  return { policy, stored, keep };
}

function written(step: Step, old: PolicyObject | undefined): PolicyObject {
  const namespace = /namespaces\/([^/]+)/.exec(step.path)?.[1];
  const request =
    step.method === 'PATCH' && old !== undefined && !Array.isArray(step.request)
      ? (mergePatch(old as unknown as Json, step.request as unknown as Json) as unknown as PolicyObject)
      : Array.isArray(step.request) && old !== undefined
        ? old
        : step.request;
  return { ...request, metadata: { ...request.metadata, ...(namespace === undefined ? {} : { namespace }) } };
}

function mergePatch(target: Json, patch: Json): Json {
  const merged = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (typeof value === 'object' && !Array.isArray(value)) {
      merged[key] = mergePatch((merged[key] ?? {}) as Json, value as Json);
    } else merged[key] = value;
  }
  return merged;
}

function message(refusal: EscalationRefusal): { code: number; message: string } {
  switch (refusal.kind) {
    case 'forbidden':
      return forbiddenObject({ group: RBAC_GROUP, resource: refusal.resource }, refusal.name, refusal.text)
        .status;
    case 'notFound':
      return notFound({ group: RBAC_GROUP, resource: refusal.resource }, refusal.name).status;
    case 'internal':
      return untypedError(refusal.text).status;
  }
}

/** The errors of dangling bindings come in no particular order. */
function sortedErrors(text: string): string {
  return text.replace(/\[\[(.*)\]\]$/, (_, list: string) => `[[${list.split(', ').sort().join(', ')}]]`);
}

function check(policy: Policy, step: Step, object: PolicyObject, oldObject: PolicyObject | undefined) {
  const name = /(?:roles|bindings)\/([^/?]+)/.exec(step.path)?.[1] ?? '';
  const namespace = /namespaces\/([^/]+)/.exec(step.path)?.[1] ?? '';
  const user = { username: step.user, groups: step.groups };
  const old = oldObject === undefined ? {} : { oldObject };
  return policy.confirmNoEscalation({ user, object, ...old, namespace, name });
}

describe.each(cases)('S-258 S-264 recorded writes of RBAC objects, case %i', (number) => {
  const own = steps.filter((step) => step.case === number);

  it(`is refused or let through as by kube-apiserver (${own[0]?.note})`, () => {
    const { policy, stored, keep } = createReplay(own[0]!);
    for (const step of own) {
      const path =
        step.method === 'POST' ? `${step.path}/${step.request.metadata.name}` : step.path.replace(/\?.*/, '');
      const old = stored.get(path);
      const object = written(step, old);
      const refusal = check(policy, step, object, old);
      const status =
        refusal === undefined ? { code: step.method, message: 'may be written' } : message(refusal);
      const where = `case ${step.case} step ${step.step}`;
      if (step.status < 300) {
        expect(status, where).toEqual({ code: step.method, message: 'may be written' });
        keep(path, { ...object, metadata: { ...old?.metadata, ...object.metadata } });
      } else {
        expect(status.code, where).toBe(step.status);
        expect(sortedErrors(status.message), where).toBe(sortedErrors(step.body.message ?? ''));
      }
    }
  });
});

it('covers every recorded step', () => {
  expect(steps).toHaveLength(129);
});
