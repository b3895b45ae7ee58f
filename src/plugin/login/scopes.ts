import type { Target } from '../target.ts';

/** What a login asks for: the person's name and groups, and to go on without the browser. */
export function scopesFor({ extraScopes }: Target): string {
  const usual = ['openid', 'email', 'profile', 'groups', 'offline_access'];
  return [...new Set([...usual, ...extraScopes])].join(' ');
}
