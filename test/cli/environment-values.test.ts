import { describe, expect, it } from 'vitest';
import { environmentValues } from '../../src/cli/environment-values.ts';
import { type } from './support/run.ts';

const options = {
  config: { type: 'string', description: '' },
  filename: { type: 'string', multiple: true, description: '' },
  'no-headers': { type: 'boolean', description: '' },
} as const;
const values = (env: Record<string, string>, ...given: string[]) =>
  environmentValues({ options }, new Set(given), env);

describe('the flags of the environment', () => {
  it('are called by their names', () => {
    const env = { SALLYPORT_CONFIG: 'c.yaml', SALLYPORT_FILENAME: 'a,b,', SALLYPORT_NO_HEADERS: '1' };
    expect(values(env)).toEqual({ config: 'c.yaml', filename: ['a', 'b'], 'no-headers': true });
  });

  it('count less than those of the command line, and not at all when they are empty', () => {
    expect(values({ SALLYPORT_CONFIG: 'c.yaml', SALLYPORT_FILENAME: '' }, 'config')).toEqual({});
  });

  it('are true or false where they are switches', async () => {
    expect(values({ SALLYPORT_NO_HEADERS: 'False' })).toEqual({ 'no-headers': false });
    expect(await type('who-can get pods', { SALLYPORT_NO_HEADERS: 'yes' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('error: SALLYPORT_NO_HEADERS takes true or false, not "yes"'),
    });
  });

  it('reach the commands', async () => {
    const outcome = await type('validate', { SALLYPORT_CONFIG: '/nowhere/at-all.yaml' });
    expect(outcome.stderr).toContain('/nowhere/at-all.yaml: no such file');
    const typed = await type('validate --config /somewhere/else.yaml', { SALLYPORT_CONFIG: '/nowhere.yaml' });
    expect(typed.stderr).toContain('/somewhere/else.yaml: no such file');
  });
});
