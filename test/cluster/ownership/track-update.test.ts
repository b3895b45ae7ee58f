import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFieldsV1, encodeFieldsV1 } from '../../../src/cluster/ownership/fields-v1.ts';
import { trackUpdate } from '../../../src/cluster/ownership/index.ts';
import type { KubeObject } from '../../../src/cluster/resources/index.ts';
import { applyDefaults } from '../../../src/cluster/schema/index.ts';
import { configMap, configMaps, deployment, deployments, later, time } from './deployments.ts';

type Options = Partial<Parameters<typeof trackUpdate>[0]>;

/** The object as it would be stored. */
function write(
  old: KubeObject | undefined,
  next: KubeObject,
  manager: string,
  options: Options = {},
): KubeObject {
  const { managedFields: asked, ...metadata } = next.metadata;
  const type = configMaps;
  const entries = trackUpdate({ type, old, next, asked, manager, subresource: '', time, ...options });
  return { ...next, metadata: { ...metadata, ...(entries === undefined ? {} : { managedFields: entries }) } };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into entries
const entriesOf = (object: KubeObject): any[] => (object.metadata['managedFields'] ?? []) as any[];
const owners = (object: KubeObject) =>
  Object.fromEntries(entriesOf(object).map(({ manager, fieldsV1 }) => [manager, fieldsV1]));

describe('trackUpdate', () => {
  it('gives a new deployment to who made it, defaults included, as kube-apiserver 1.35 does', () => {
    const next = applyDefaults(deployments, deployment([{ name: 'c', image: 'i' }]));
    const object = write(undefined, next, 'kc', { type: deployments });
    expect(JSON.stringify(entriesOf(object))).toBe(
      '[{"manager":"kc","operation":"Update","apiVersion":"apps/v1","time":"2026-11-24T00:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:progressDeadlineSeconds":{},"f:replicas":{},"f:revisionHistoryLimit":{},"f:selector":{},"f:strategy":{"f:rollingUpdate":{".":{},"f:maxSurge":{},"f:maxUnavailable":{}},"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:app":{}}},"f:spec":{"f:containers":{"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}}}}]',
    );
  });

  it('moves what is changed to who changed it, and takes away what is gone', () => {
    const live = write(undefined, configMap({ a: '1', b: '1', c: '1' }), 'one');
    const next = write(live, { ...live, data: { a: '2', b: '1' } }, 'two', { time: later });
    expect(owners(next)).toEqual({
      one: { 'f:data': { '.': {}, 'f:b': {} } },
      two: { 'f:data': { 'f:a': {} } },
    });
    expect(entriesOf(next).map((entry) => entry.time)).toEqual([time, later]);
  });

  it('keeps the very entries when nothing changes', () => {
    const live = write(undefined, configMap({ a: '1' }), 'one');
    const asked = undefined;
    const again = trackUpdate({
      type: configMaps,
      old: live,
      next: structuredClone(live),
      asked,
      manager: 'two',
      subresource: '',
      time: later,
    });
    expect(again).toBe(live.metadata['managedFields']);
  });

  it.each([[[]], [[{}]]])('forgets everything when it is sent %j', (reset) => {
    const live = write(undefined, configMap({ a: '1' }), 'one');
    const next = configMap({ a: '2' }, { managedFields: reset });
    const cleared = write(live, next, 'two');
    expect(cleared.metadata).not.toHaveProperty('managedFields');
    expect(write(cleared, configMap({ a: '3' }), 'two').metadata).not.toHaveProperty('managedFields');
  });

  it('takes entries that a client rewrote, and leaves those that are none', () => {
    const live = write(undefined, configMap({ a: '1' }), 'one');
    const renamed = entriesOf(live).map((entry) => ({ ...entry, manager: 'renamed' }));
    const rewritten = write(live, configMap({ a: '1' }, { managedFields: renamed }), 'two');
    expect(Object.keys(owners(rewritten))).toEqual(['renamed']);
    const broken = configMap({ a: '1' }, { managedFields: [{ manager: 'x', operation: 'Steal' }] });
    expect(Object.keys(owners(write(live, broken, 'two')))).toEqual(['one']);
  });

  it('keeps a subresource apart, whose writer cannot rewrite the entries', () => {
    const live = write(undefined, deployment([{ name: 'c', image: 'i' }]), 'one', { type: deployments });
    const next = {
      ...live,
      metadata: { ...live.metadata, managedFields: [] },
      status: { replicas: 1 },
    };
    const written = write(live, next, 'one', { type: deployments, subresource: 'status' });
    expect(entriesOf(written).map(({ manager, subresource }) => [manager, subresource])).toEqual([
      ['one', undefined],
      ['one', 'status'],
    ]);
  });

  it('never gives anybody what the server decides', () => {
    const next = configMap(
      { a: '1' },
      { uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: time, namespace: 'n' },
    );
    expect(owners(write(undefined, next, 'one'))).toEqual({ one: { 'f:data': { '.': {}, 'f:a': {} } } });
  });

  it('puts the oldest of more than ten writers together', () => {
    let live = write(undefined, configMap({ k0: '' }), 'm00');
    for (let count = 1; count <= 14; count++) {
      const data = { ...(live['data'] as object), [`k${count}`]: '' };
      live = write(live, { ...live, data }, `m${String(count).padStart(2, '0')}`);
    }
    expect(entriesOf(live)).toHaveLength(10);
    expect(Object.keys(owners(live)['ancient-changes']['f:data'])).toContain('f:k0');
  });
});

describe('fieldsV1', () => {
  const element = fc.constantFrom('f:a', 'f:b', 'f:__proto__', 'k:{"name":"c","port":80}', 'v:"x"', 'i:1');
  const { fields } = fc.letrec((tie) => ({
    fields: fc.dictionary(element, fc.oneof({ maxDepth: 3 }, fc.constant({}), tie('fields')), {
      noNullPrototype: true,
      maxKeys: 3,
    }),
  }));

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const encoded = encodeFieldsV1(decodeFieldsV1(given));
        expect(encoded).toEqual(given);
        expect(JSON.stringify(encodeFieldsV1(decodeFieldsV1(encoded)))).toBe(JSON.stringify(encoded));
      }),
    );
  });

  it('writes keys in one order, and leaves out what it does not understand', () => {
    const given = {
      'k:{"port":1,"name":"a"}': {},
      'x:y': {},
      'k:nonsense': {},
      'f:b': { '.': {}, 'f:c': {} },
    };
    expect(JSON.stringify(encodeFieldsV1(decodeFieldsV1(given)))).toBe(
      '{"f:b":{".":{},"f:c":{}},"k:{\\"name\\":\\"a\\",\\"port\\":1}":{}}',
    );
  });
});
