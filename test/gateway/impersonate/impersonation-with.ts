import { createImpersonation } from '../../../src/gateway/impersonate/index.ts';
import type { UserInfo } from '../../../src/kube/index.ts';
import { getPod, raw, recordingAuthorizer } from './authorizer.ts';

export const bob: UserInfo = { username: 'bob', groups: ['system:authenticated'] };

export type Header = readonly [name: string, value: string];

export const user = (name: string): Header => ['Impersonate-User', name];
export const group = (name: string): Header => ['Impersonate-Group', name];
export const extra = (key: string, value: string): Header => [
  `Impersonate-Extra-${encodeURIComponent(key)}`,
  value,
];

/** @param allowed questions as lines; a trailing star stands for anything */
export function impersonationWith(allowed: readonly string[], clock = { now: 0 }) {
  const rights = new Set(allowed);
  const authorizer = recordingAuthorizer((question) =>
    [...rights].some((right) =>
      right.endsWith('*') ? question.startsWith(right.slice(0, -1)) : question === right,
    ),
  );
  const impersonate = createImpersonation({
    authorize: authorizer.authorize,
    constrained: true,
    now: () => clock.now,
  });
  return {
    ...authorizer,
    rights,
    as(caller: UserInfo, ...headers: readonly Header[]) {
      const outcome = impersonate(raw(...headers), caller, getPod);
      return outcome.outcome === 'refused'
        ? `${outcome.error.status.code} ${outcome.error.message}`
        : outcome;
    },
  };
}
