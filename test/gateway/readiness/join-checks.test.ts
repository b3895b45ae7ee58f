import { describe, expect, it } from 'vitest';
import { createReadiness, joinChecks } from '../../../src/gateway/readiness/index.ts';

const check = (name: string, failure?: string) => ({ name, failing: () => failure });
const policy = check('policy');
const away = check('upstream', 'the API server does not answer');

describe('the checks of several clusters', () => {
  it('are under their names; the API servers are one check', () => {
    const checks = joinChecks([
      { name: undefined, checks: [policy], upstream: check('upstream') },
      { name: 'east', checks: [check('policy', 'not known')], upstream: away },
    ]);
    expect(createReadiness(checks).results()).toEqual([
      { name: 'policy', failure: undefined },
      { name: 'east/policy', failure: 'not known' },
      { name: 'upstream', failure: undefined },
    ]);
  });

  it('fail for the API servers when none is reached', () => {
    const checks = joinChecks([
      { name: undefined, checks: [], upstream: away },
      { name: 'east', checks: [], upstream: away },
    ]);
    expect(createReadiness(checks).notReady()).toBe('upstream: none of 2 API servers is reached');
  });

  it('never fail for them where one is in this process', () => {
    const checks = joinChecks([
      { name: undefined, checks: [policy], upstream: undefined },
      { name: 'east', checks: [], upstream: away },
    ]);
    expect(
      createReadiness(checks)
        .results()
        .map(({ name }) => name),
    ).toEqual(['policy']);
  });

  it('are those of the one cluster where there is one', () => {
    const checks = joinChecks([{ name: undefined, checks: [policy], upstream: away }]);
    expect(createReadiness(checks).notReady()).toBe('upstream: the API server does not answer');
  });
});
