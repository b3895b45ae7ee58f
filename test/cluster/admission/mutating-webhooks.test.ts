import { describe, expect, it } from 'vitest';
import {
  allowed,
  configMaps,
  mergePatch,
  patching,
  reviewedCluster,
  ruleOf,
  statusOf,
  verdict,
} from './admission-webhook.ts';

const { send, respond, questions, locate, annotations, configure, mutating, create } = reviewedCluster();

describe('a mutating webhook', () => {
  it('changes what is written, which its author does not own then', async () => {
    await mutating(ruleOf('configmaps', ['CREATE']));
    respond(patching({ op: 'add', path: '/metadata/labels', value: { by: 'webhook' } }));
    const { json: object } = await create('mutated', { a: '1' }, {}, '?fieldManager=me');
    expect(object.metadata.labels).toEqual({ by: 'webhook' });
    const [{ fieldsV1 }] = object.metadata.managedFields;
    expect(fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} } });
    const [asked] = questions();
    expect(asked.object.metadata).not.toHaveProperty('uid');
    expect(asked.object.metadata.managedFields).toHaveLength(1);
    expect(annotations).toEqual([
      {
        'mutation.webhook.admission.k8s.io/round_0_index_0': expect.stringContaining('"mutated":true'),
      },
      {
        'patch.webhook.admission.k8s.io/round_0_index_0':
          '{"configuration":"c1","webhook":"0.c1.example.com","patch":[{"op":"add","path":"/metadata/labels","value":{"by":"webhook"}}],"patchType":"JSONPatch"}',
      },
    ]);
  });

  it('cannot write what only the server does, and gets its defaults and its mistakes told', async () => {
    await mutating(ruleOf('configmaps'));
    respond(
      patching(
        { op: 'add', path: '/metadata/uid', value: 'mine' },
        { op: 'add', path: '/nonsense', value: 1 },
        { op: 'add', path: '/metadata/managedFields', value: [] },
      ),
    );
    const { json: object } = await create('server', { a: '1' });
    expect(object.metadata.uid).not.toBe('mine');
    expect(object).not.toHaveProperty('nonsense');
    expect(object.metadata.managedFields).toHaveLength(1);
    respond(patching({ op: 'add', path: '/data/b.c~1d', value: 'x' }));
    expect((await create('invalid', { a: '1' })).json.message).toContain('data[b.c/d]: Invalid value');
  });

  it.each<[string, object[]]>([
    [
      'add operation does not apply: doc is missing path: "/spec/a": missing value',
      [{ op: 'add', path: '/spec/a', value: 1 }],
    ],
    ['testing value /kind failed: test failed', [{ op: 'test', path: '/kind', value: 'Pod' }]],
    [
      'json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
      [{ op: 'add', path: '/data', value: { a: 1 } }],
    ],
    ['the patch does not leave a ConfigMap of v1', [{ op: 'replace', path: '/kind', value: 'Secret' }]],
  ])('whose patch does not fit fails: %s', async (text, operations) => {
    await mutating(ruleOf('configmaps'), { failurePolicy: 'Ignore' });
    respond(patching(...operations));
    const answer = await create('unfit');
    expect(statusOf(answer)).toEqual({
      code: 500,
      reason: 'InternalError',
      message: `Internal error occurred: ${text}`,
    });
  });

  it('whose patch nests without end is not taken', async () => {
    await mutating(ruleOf('configmaps'), { name: 'm.example.com' });
    const patch = Buffer.from(
      `[{"op":"add","path":"/x","value":${'['.repeat(50_000)}${']'.repeat(50_000)}}]`,
    );
    const response = { allowed: true, patch: patch.toString('base64'), patchType: 'JSONPatch' };
    respond((review) => verdict(review, response));
    expect((await create('deep')).json.message).toBe(
      'Internal error occurred: failed calling webhook "m.example.com": received undecodable patch in webhook ' +
        'response: json: exceeded max depth',
    );
  });

  it('gives a generated name nobody has asked for, and sees none', async () => {
    await mutating(ruleOf('configmaps'));
    const { json: object } = await send('POST', configMaps, { metadata: { generateName: 'gen-' } });
    expect(object.metadata.name).toMatch(/^gen-.{5}$/);
    const [asked] = questions();
    expect(asked.name).toBeUndefined();
    expect(asked.object.metadata.name).toBeUndefined();
  });

  it('changes updates of what the path writes, and nothing else', async () => {
    await create('updated', { a: '1' });
    await mutating(ruleOf('configmaps', ['UPDATE']));
    respond(
      patching(
        { op: 'add', path: '/data/b', value: '2' },
        { op: 'replace', path: '/metadata/uid', value: 'mine' },
      ),
    );
    const { json: object } = await send('PATCH', `${configMaps}/updated`, { data: { a: '3' } }, mergePatch);
    expect(object.data).toEqual({ a: '3', b: '2' });
    expect(object.metadata.uid).not.toBe('mine');
  });

  it('changes what is applied, now and when it is there already', async () => {
    await mutating(ruleOf('configmaps'));
    respond(patching({ op: 'add', path: '/data/by', value: 'webhook' }));
    const apply = (data: object) =>
      send(
        'PATCH',
        `${configMaps}/applied?fieldManager=me`,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data },
        { 'Content-Type': 'application/apply-patch+yaml' },
      );
    for (const [data, operation] of [
      [{ a: '1' }, 'CREATE'],
      [{ a: '2' }, 'UPDATE'],
    ] as const) {
      const { json: object } = await apply(data);
      expect(object.data).toEqual({ ...data, by: 'webhook' });
      expect(object.metadata.managedFields).toMatchObject([
        { manager: 'me', operation: 'Apply', fieldsV1: { 'f:data': { 'f:a': {} } } },
      ]);
      expect(questions()).toMatchObject([{ operation }]);
    }
    // What a webhook has added, nobody owns: it stays when its author takes all back.
    expect((await apply({})).json.data).toEqual({ by: 'webhook' });
  });

  it('is asked in the order of the configurations\u2019 names, each with what those before have made', async () => {
    const at = (where: string, more: object = {}) => ({
      clientConfig: locate(where),
      rules: [ruleOf('configmaps')],
      ...more,
    });
    await configure('Mutating', [at('/z')], 'z');
    await configure('Mutating', [at('/a1'), at('/a2')], 'a');
    const seen: string[] = [];
    respond((review, where = '') => {
      seen.push(`${where} ${Object.keys(review.request.object.data).join('')}`);
      const key = where.slice(1);
      return patching({ op: 'add', path: `/data/${key}`, value: '' })(review, where);
    });
    const { json: object } = await create('ordered', { d: '' });
    expect(seen).toEqual(['/a1 d', '/a2 da1', '/z da1a2']);
    expect(Object.keys(object.data)).toEqual(['a1', 'a2', 'd', 'z']);
  });

  it('is asked again after a later one has changed the object, when it wants to be', async () => {
    const at = (where: string, reinvocationPolicy: string) => ({
      clientConfig: locate(where),
      rules: [ruleOf('configmaps')],
      reinvocationPolicy,
    });
    await configure('Mutating', [at('/if', 'IfNeeded'), at('/never', 'Never'), at('/last', 'IfNeeded')]);
    const seen: string[] = [];
    respond((review, where = '') => {
      seen.push(where);
      const answer = where === '/last' ? patching({ op: 'add', path: '/data/x', value: 'y' }) : allowed;
      return answer(review, where);
    });
    await create('again', { d: '' });
    expect(seen).toEqual(['/if', '/never', '/last', '/if']);
  });

  it('is asked about what is only tried, when it can tell', async () => {
    await mutating(ruleOf('configmaps'), { name: 'effects.example.com', sideEffects: 'NoneOnDryRun' });
    expect((await create('tried', {}, {}, '?dryRun=All')).code).toBe(201);
  });

  it('has nothing to change of what goes', async () => {
    await create('going');
    await mutating(ruleOf('configmaps', ['DELETE']), { name: 'm.example.com' });
    respond(patching({ op: 'add', path: '/data', value: {} }));
    expect((await send('DELETE', `${configMaps}/going`)).json.message).toBe(
      'Internal error occurred: admission webhook "m.example.com" attempted to modify the object, which is not ' +
        'supported for this operation',
    );
  });
});
