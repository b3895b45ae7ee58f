import { describe, expect, it } from 'vitest';
import { createLog } from '../../src/telemetry/index.ts';

function lines(excludeFields: readonly string[]): Record<string, unknown>[] {
  const written: string[] = [];
  const log = createLog({
    level: 'info',
    format: 'json',
    stream: { write: (line) => void written.push(line) },
    excludeFields,
  });
  log.info(
    { email: 'a@example.com', user: { email: 'a@example.com', id: '1' }, err: new Error('why') },
    'one',
  );
  log.child({ door: 'identity', email: 'b@example.com' }).info({}, 'two');
  return written.map((line) => JSON.parse(line));
}

describe('fields that no line of the log may have', () => {
  it('are left out at every depth, and nothing else is', () => {
    const [one] = lines(['email']);
    expect(one).toMatchObject({ user: { id: '1' }, err: { message: 'why' }, msg: 'one' });
    expect(JSON.stringify(one)).not.toContain('a@example.com');
  });

  it('are left out of what a child logger always says, too', () => {
    expect(lines(['email'])[1]).toMatchObject({ door: 'identity' });
    expect(JSON.stringify(lines(['email']))).not.toContain('b@example.com');
  });

  it('are there when none are named', () => {
    expect(lines([])[0]).toMatchObject({ email: 'a@example.com', user: { email: 'a@example.com' } });
  });
});
