import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/telemetry/index.ts';

function capture(format: 'text' | 'json') {
  const lines: string[] = [];
  const log = createLog({ level: 'info', format, stream: { write: (line) => lines.push(line) } });
  return { log, lines };
}

describe('the log', () => {
  it('writes one JSON object a line', () => {
    const { log, lines } = capture('json');
    log.info({ port: 1 }, 'listening');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', port: 1, msg: 'listening' });
  });

  it('writes text that keeps an event on its line', () => {
    const { log, lines } = capture('text');
    log.warn({ user: 'a\nb' }, 'odd');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\S+Z WARN {2}odd user="a\\nb"\n$/);
  });

  it.each(['text', 'json'] as const)('never shows a secret (%s)', (format) => {
    const { log, lines } = capture(format);
    const error = Object.assign(new Error('failed'), {
      token: 'canary',
      response: { headers: { cookie: 'canary' } },
    });
    log.error({ err: error, token: 'canary', headers: { authorization: 'canary' } }, 'request failed');
    expect(lines.join()).toContain('failed');
    expect(lines.join()).not.toContain('canary');
  });
});
