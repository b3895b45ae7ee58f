import { expect, test } from 'vitest';
import { createLog } from '../../src/telemetry/index.ts';

function open() {
  let text = '';
  const log = createLog({ level: 'info', format: 'json', stream: { write: (line) => (text += line) } });
  return { log, text: () => text };
}

test('secrets of a line, of what it holds and of a child log are left out', () => {
  const { log, text } = open();
  const held = { password: 's3cr3t', user: 'ada' };
  log.info({ token: 's3cr3t', held, headers: { authorization: 's3cr3t' }, list: [{ a: 1 }] }, 'said');
  log.child({ cookie: 's3cr3t', door: 'identity' }).info({ code: 's3cr3t' }, 'said');
  expect(text()).not.toContain('s3cr3t');
  expect(text()).toContain('"held":{"password":"[redacted]","user":"ada"}');
  expect(text()).toContain('"list":[{"a":1}]');
  expect(text()).toContain('"door":"identity"');
  expect(held.password).toBe('s3cr3t');
});

test('an error keeps its message, and loses what a library hung on it', () => {
  const { log, text } = open();
  log.error({ err: Object.assign(new Error('refused'), { token: 's3cr3t' }) }, 'said');
  expect(text()).toContain('"message":"refused"');
  expect(text()).not.toContain('s3cr3t');
});
