import { describe, expect, it } from 'vitest';
import { openToEverybody } from '../../../src/gateway/access/open-to-everybody.ts';
import { createPolicy, defaultPolicyObjects } from '../../../src/rbac/index.ts';

describe('what everybody with a token may get of a service', () => {
  it('is nothing without a policy', async () => {
    expect(await openToEverybody((attributes) => createPolicy().authorize(attributes))).toEqual([]);
  });

  it("is Kubernetes' discovery with its default roles", async () => {
    const policy = createPolicy({ restored: defaultPolicyObjects() });
    for (const object of defaultPolicyObjects()) policy.put('defaults', object);
    expect(await openToEverybody((attributes) => policy.authorize(attributes))).toEqual([
      '/api/*',
      '/apis/*',
      '/openapi/*',
      '/healthz',
      '/version',
    ]);
  });
});
