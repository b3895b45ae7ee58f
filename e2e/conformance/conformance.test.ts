/** The plans of the OpenID Foundation, a test for each of their modules, driven through HTTP by openid-client. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backchannelLogoutPlan } from './backchannel-logout-plan.ts';
import { basicPlan } from './basic-plan.ts';
import { configPlan } from './config-plan.ts';
import type { Under } from './plan.ts';
import { openRelyingParty } from './relying-party.ts';
import { rpInitiatedLogoutPlan } from './rp-initiated-logout-plan.ts';
import { openSubject, planClient } from './subject.ts';

let under: Under;
beforeAll(async () => {
  const subject = await openSubject();
  under = { subject, rp: await openRelyingParty(subject, planClient) };
});
afterAll(() => under?.subject.close());

describe.each([
  ['Basic', basicPlan, 'oidcc-', 38],
  ['Config', configPlan, 'oidcc-', 1],
  ['RP-initiated logout', rpInitiatedLogoutPlan, 'oidcc-rp-initiated-logout', 11],
  ['Back-channel logout', backchannelLogoutPlan, 'oidcc-backchannel-', 2],
])('the modules of the %s plan', (_plan, modules, prefix, count) => {
  it('are all here', () => expect(Object.keys(modules)).toHaveLength(count));

  it.each(Object.entries(modules).map(([name, run]) => [prefix + name, run] as const))(
    '%s',
    async (_name, run) => void (await run(under)),
  );
});
