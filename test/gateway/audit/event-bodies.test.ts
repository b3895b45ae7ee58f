import { describe, expect, it } from 'vitest';
import { recording } from './support/recording.ts';

const bytes = (text: string) => Buffer.from(text);

describe('bodies', () => {
  const PODS = '/api/v1/namespaces/default/pods';
  const object =
    '{"metadata": {"name": "web", "uid": "u", "managedFields": [1]},\n "big": 9007199254740993, "s": " <\\" "}';

  it('are recorded at RequestResponse as they were sent, on one line, and complete the objectRef', () => {
    const { begin, lines, events } = recording([{ level: 'RequestResponse' }]);
    const trail = begin('POST', PODS);
    trail?.requestBody?.add(bytes(object.slice(0, 20)));
    trail?.requestBody?.add(bytes(object.slice(20)));
    trail?.responseBody?.add(bytes('{"kind":"Pod"}\n'));
    trail?.complete(201);
    expect(lines[1]).toContain(
      ',"requestObject":{"metadata":{"name":"web","uid":"u","managedFields":[1]},"big":9007199254740993,"s":" \\u003c\\" "},"responseObject":{"kind":"Pod"},"requestReceived',
    );
    expect(events()[1]?.objectRef).toEqual({
      resource: 'pods',
      namespace: 'default',
      name: 'web',
      uid: 'u',
      apiVersion: 'v1',
    });
  });

  it('lose their managed fields when the policy says so', () => {
    const { begin, events } = recording([{ level: 'RequestResponse', omitManagedFields: true }]);
    const trail = begin('POST', PODS);
    trail?.requestBody?.add(bytes('{"metadata":{"name":"a","managedFields":[]}}'));
    trail?.responseBody?.add(
      bytes(
        '{"items":[{"metadata":{"managedFields":[]}},1],"rows":[{"cells":[],"object":{"metadata":{"managedFields":[]}}}]}',
      ),
    );
    trail?.complete(201);
    expect(events()[1]).toMatchObject({
      requestObject: { metadata: { name: 'a' } },
      responseObject: { items: [{ metadata: {} }, 1], rows: [{ cells: [], object: { metadata: {} } }] },
    });
    expect(JSON.stringify(events())).not.toContain('managedFields');
  });

  it.each([
    ['Metadata', 'POST', PODS, false, false],
    ['Request', 'POST', PODS, true, false],
    ['RequestResponse', 'POST', PODS, true, true],
    ['RequestResponse', 'GET', `${PODS}?watch=1`, true, false],
    ['RequestResponse', 'POST', '/version', false, false],
    ['RequestResponse', 'POST', '/api/v1/namespaces/default/secrets', false, false],
  ])('at %s, %s %s: request %s, response %s', (level, method, target, request, response) => {
    const trail = recording([{ level }]).begin(method, target);
    expect([trail?.requestBody !== undefined, trail?.responseBody !== undefined]).toEqual([
      request,
      response,
    ]);
  });

  it.each([
    ['one body too large', '{"a":1}', `"${'x'.repeat(110_000)}"`],
    ['both together too large', `"${'x'.repeat(60_000)}"`, `"${'x'.repeat(60_000)}"`],
  ])('are both dropped, and the event says so: %s', (_, request, response) => {
    const { begin, lines, events } = recording([{ level: 'RequestResponse' }]);
    const trail = begin('POST', PODS);
    trail?.requestBody?.add(bytes(request));
    trail?.responseBody?.add(bytes(response));
    trail?.complete(201);
    expect(events()[1]?.annotations).toEqual({ 'audit.k8s.io/truncated': 'true' });
    expect(lines[1]).not.toContain('Object"');
  });

  it.each(['{"a":1}{"b":2}', '{"a":', 'k8s\0binary', `${'['.repeat(5000)}${']'.repeat(5000)}`])(
    'are left out when they are no JSON that can be told: %#',
    (body) => {
      const { begin, events } = recording([{ level: 'Request' }]);
      const trail = begin('POST', PODS);
      trail?.requestBody?.add(bytes(body));
      trail?.complete(400);
      expect(events()[1]).not.toHaveProperty('requestObject');
    },
  );
});
