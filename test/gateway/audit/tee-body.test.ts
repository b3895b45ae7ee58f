import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { teeBody } from '../../../src/gateway/audit/index.ts';
import { recording } from './support/recording.ts';

it('passes a body on unchanged and shows it to the trail', async () => {
  const { begin, events } = recording([{ level: 'Request' }]);
  const trail = begin('POST', '/api/v1/namespaces/a/pods');
  const chunks = ['{"kind":', '"Pod"}'].map((chunk) => Buffer.from(chunk));
  const capture = trail?.requestBody;
  if (capture === undefined) throw new Error('no body is wanted');
  expect((await buffer(teeBody(Readable.from(chunks), capture))).toString()).toBe('{"kind":"Pod"}');
  trail?.complete(201);
  expect(events()[1]?.requestObject).toEqual({ kind: 'Pod' });
});
