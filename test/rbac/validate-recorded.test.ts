import { describe, expect, it } from 'vitest';
import { invalid } from '../../src/kube/index.ts';
import { isPolicyKind, type PolicyObject, RBAC_GROUP, validatePolicyObject } from '../../src/rbac/index.ts';
import { corpusLines } from './corpus.ts';

interface Write {
  readonly note: string;
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly request: PolicyObject | null;
  readonly status: number;
  readonly body: {
    readonly message: string;
    readonly details?: { readonly causes?: readonly { readonly field: string }[] };
  };
}

/** What the check of metadata, of options or of decoding says is not RBAC's business. */
const OURS = /^(rules|aggregationRule|subjects|roleRef|metadata\.(name|generateName)$)/;

const writes = corpusLines<Write>('rbac-invalid.jsonl').map((write, index) => ({ ...write, index }));

function isObject(write: Write): boolean {
  const { request } = write;
  return (
    typeof request === 'object' && request !== null && isPolicyKind(request.kind) && 'metadata' in request
  );
}

const creates = writes.filter((write) => write.method === 'POST' && isObject(write));
const refused = creates.filter(({ status, body }) => {
  const causes = body.details?.causes ?? [];
  return status === 422 && causes.length > 0 && causes.every(({ field }) => OURS.test(field));
});
const accepted = creates.filter(({ status }) => status === 201);

describe('recorded creates of RBAC objects', () => {
  it('are many', () => {
    expect(refused.length).toBeGreaterThan(110);
    expect(accepted.length).toBeGreaterThan(100);
  });

  it.each(refused)('$index: is refused with the same errors ($note)', ({ note, request, body }) => {
    const object = named(request!, note);
    const errors = validatePolicyObject(object);
    const { status } = invalid({ group: RBAC_GROUP, kind: object.kind }, object.metadata.name ?? '', errors);
    expect(status.message).toBe(body.message);
    expect(status.details?.causes).toEqual(body.details?.causes);
  });

  it.each(accepted)('$index: is accepted ($note)', ({ request }) => {
    expect(validatePolicyObject(request!)).toEqual([]);
  });
});

/** kube-apiserver had made up a name before it validated. */
function named(request: PolicyObject, note: string): PolicyObject {
  return note === 'generateName invalid'
    ? { ...request, metadata: { ...request.metadata, name: 'gen/%-bhcsr' } }
    : request;
}

describe('recorded updates of bindings', () => {
  const updates = writes.filter(({ note, status }) => /^PUT (CRB )?roleRef/.test(note) && status === 422);

  it.each(updates)('$index: are refused with the same body ($note)', ({ request, body }) => {
    const object = request!;
    const stored = {
      ...object,
      roleRef: { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: 'x' },
    } as PolicyObject;
    const errors = validatePolicyObject(object, stored);
    expect(invalid({ group: RBAC_GROUP, kind: object.kind }, 'upd', errors).status).toEqual(body);
  });

  it('are four', () => {
    expect(updates).toHaveLength(4);
  });
});
