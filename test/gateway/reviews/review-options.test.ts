import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Door, openDoor } from '../recorded/door.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const TWICE = '{"spec":{"resourceAttributes":{"verb":"get","verb":"list","resource":"pods"},"why":1}}';

let door: Door;
beforeAll(async () => {
  door = await openDoor({ rules: [], namespaces: [] });
});
afterAll(() => door.close());

async function ask(query: string, headers: readonly (readonly [string, string])[] = [], body = TWICE) {
  const answer = await door.http1({
    method: 'POST',
    target: `${REVIEWS}${query}`,
    headers: [['Content-Type', 'application/json'], ...headers],
    body,
  });
  const { message, spec } = JSON.parse(answer.body) as { message?: string; spec?: object };
  return { ...answer, message, spec };
}

describe('the options of a review', () => {
  it('warn by default of members that are unknown or there twice, of which the last counts', async () => {
    for (const query of ['', '?fieldValidation=', '?fieldValidation=Warn']) {
      const answer = await ask(query);
      expect(answer.status).toBe(201);
      expect(answer.headers['warning']).toBe(
        '299 - "unknown field \\"spec.why\\"", 299 - "duplicate field \\"spec.resourceAttributes.verb\\""',
      );
      expect(answer.spec).toEqual({ resourceAttributes: { verb: 'list', resource: 'pods' } });
    }
  });

  it('Ignore says nothing, Strict refuses', async () => {
    const ignored = await ask('?fieldValidation=Ignore');
    expect([ignored.status, ignored.headers['warning']]).toEqual([201, undefined]);
    const strict = await ask('?fieldValidation=Strict');
    expect([strict.status, strict.message]).toEqual([
      400,
      'SelfSubjectAccessReview in version "v1" cannot be handled as a SelfSubjectAccessReview: strict decoding error: unknown field "spec.why", duplicate field "spec.resourceAttributes.verb"',
    ]);
  });

  it('the warnings come with a refusal, too', async () => {
    const answer = await ask('', [], '{"spec":{"why":1}}');
    expect([answer.status, answer.headers['warning']]).toEqual([422, '299 - "unknown field \\"spec.why\\""']);
  });

  it.each([
    [
      '?fieldValidation=strict',
      'fieldValidation: Unsupported value: "strict": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    ['?dryRun=All&dryRun=x', 'dryRun: Unsupported value: ["All","x"]: supported values: "All"'],
    [`?fieldManager=${'m'.repeat(129)}`, 'fieldManager: Too long: may not be more than 128 bytes'],
  ])('%s is refused', async (query, problem) => {
    const answer = await ask(query);
    expect([answer.status, answer.message]).toEqual([
      422,
      `CreateOptions.meta.k8s.io "" is invalid: ${problem}`,
    ]);
  });

  it('pretty indents, as it is for people by default', async () => {
    expect((await ask('?pretty=true')).body).toMatch(/^\{\n {2}"kind": /);
    expect((await ask('', [['User-Agent', 'curl/8.0']])).body).toMatch(/^\{\n {2}"kind": /);
    expect((await ask('?pretty=0', [['User-Agent', 'curl/8.0']])).body).toMatch(/^\{"kind":.*\}\n$/);
  });
});
