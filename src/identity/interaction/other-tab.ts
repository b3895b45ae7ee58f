import type { Interaction } from 'oidc-provider';

/**
 * Whether a sign-in was asked for only because nobody was signed in. When somebody has signed in since, in another tab of the
 * browser, it can go on with them as a request that begins now would.
 */
export function needsAnybody({ prompt }: Pick<Interaction, 'prompt'>): boolean {
  return prompt.name === 'login' && prompt.reasons.every((reason) => reason === 'no_session');
}
