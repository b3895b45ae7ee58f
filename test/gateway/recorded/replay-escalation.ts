import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGoJson } from '../../../src/kube/index.ts';
import type { PolicyObject } from '../../../src/rbac/index.ts';
import { comparable, type Difference, expectedAnswer, recordedRows } from './compare.ts';
import { clearRbac, type Door, type OpenDoor } from './door.ts';
import type { WireAnswer } from './wire.ts';

interface Recorded {
  readonly case: number;
  readonly step: number;
  readonly note: string;
  readonly user: string;
  readonly groups: string[];
  /** All RBAC objects when the case begins. */
  readonly state: PolicyObject[];
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly request: unknown;
  readonly status: number;
  readonly body: object;
}

const steps = recordedRows<Recorded>('rbac/escalation.jsonl.gz').map((step) => ({
  ...step,
  name: `case ${step.case} step ${step.step}`,
  recorded: {
    status: step.status,
    headers: { 'content-type': 'application/json' },
    body: `${encodeGoJson(step.body)}\n`,
  } satisfies WireAnswer,
}));
type Step = (typeof steps)[number];

const DIFFERENCES: readonly Difference<Step>[] = [];

/** The errors of several dangling bindings come in no particular order. */
function sortedErrors<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll(
    /\[\[(.*?)\]\]/g,
    (_, list: string) => `[[${list.split(', ').sort().join(', ')}]]`,
  );
  return JSON.parse(text) as T;
}

function pathOf({ kind, metadata: { namespace, name } }: PolicyObject): string {
  const scope = namespace === undefined ? '' : `namespaces/${namespace}/`;
  return `/apis/rbac.authorization.k8s.io/v1/${scope}${kind.toLowerCase()}s/${name}`;
}

/** What the recorded server had made up about an object, as this one has made it up. */
async function translated(door: Door, { method, path, request }: Step): Promise<unknown> {
  const { metadata } = (request ?? {}) as { metadata?: Record<string, unknown> };
  if (method === 'POST' || metadata === undefined) return request;
  const { metadata: ours = {} } = JSON.parse(await door.read(path.replace(/\?.*/, ''))) as {
    metadata?: Record<string, unknown>;
  };
  const translate = ['uid', 'resourceVersion', 'creationTimestamp'].filter(
    (field) => typeof metadata[field] === 'string',
  );
  const made = Object.fromEntries(translate.map((field) => [field, ours[field] ?? metadata[field]]));
  return { ...(request as object), metadata: { ...metadata, ...made } };
}

const cases = [...Map.groupBy(steps, (step) => step.case)];

/** Writes RBAC objects through a door as people who may not hand out everything. */
export function replayEscalation(openDoor: OpenDoor): void {
  describe('S-258 writes of RBAC objects by who may not hand out everything', () => {
    let door: Door;
    beforeAll(async () => {
      door = await openDoor({ rules: [], namespaces: ['ns1', 'team-a'] });
    });
    afterAll(() => door?.close());

    it('are all there, and no other is listed', () => {
      expect(steps).toHaveLength(129);
      const names = new Set(steps.map(({ name }) => name));
      expect(DIFFERENCES.flatMap(({ rows }) => rows).filter((name) => !names.has(name))).toEqual([]);
    });

    it.each(cases.map(([number, own]) => [number, own[0]?.note, own] as const))(
      'are answered as by a real kube-apiserver 1.35.3, case %i: %s',
      async (_number, _note, own) => {
        await clearRbac(door);
        for (const object of own[0]?.state ?? []) {
          await door.prepare('POST', pathOf(object).replace(/\/[^/]*$/, ''), object);
        }
        for (const step of own) {
          door.asks({ username: step.user, groups: step.groups });
          const answer = await door.http1({
            method: step.method,
            target: step.path,
            headers: [['Content-Type', step.contentType]],
            body: JSON.stringify(await translated(door, step)),
          });
          const { 'content-type': type = '' } = answer.headers;
          const got = comparable({ ...answer, headers: { 'content-type': type } }, 'HTTP/1.1');
          const expected = comparable(expectedAnswer(DIFFERENCES, step, 'HTTP/1.1'), 'HTTP/1.1');
          expect(sortedErrors(got), `${step.name}: ${step.note}`).toEqual(sortedErrors(expected));
        }
      },
    );
  });
}
