import type { Page } from 'playwright-core';

/** A form as a page has it. */
export interface FormSeen {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Sends the forms of pages as another site would make a browser send them, with the cookies of who is there. */
export interface Forger {
  /** What is taken of such forms, in words. Each kind of form is tried once. */
  taken(forms: readonly FormSeen[]): Promise<readonly string[]>;
}

/** What belongs to one browser's session, and no other site can know. */
const TOKENS = ['csrf', 'xsrf'];

/** Changes nothing but a preference, on every page: it has no token, for which each page would need a session. */
const WITHOUT_TOKEN = '/language';

export function createForger(page: Page): Forger {
  const { request } = page.context();
  const tried = new Set<string>();

  async function isTaken(action: string, form: Record<string, string>, headers: Record<string, string>) {
    const answer = await request.post(action, { form, headers, maxRedirects: 0 });
    // The sign-in asks again, with a form of the session that there is now.
    const again = /^(.*\/interaction\/[\w-]+)\/(?:login|passkey)$/.exec(new URL(action).pathname)?.[1];
    const asked = [again, `${again}/local`, `${again}/new-password`];
    if (action.endsWith('/logout/confirm') && answer.headers()['location']?.endsWith('/logout')) return false;
    if (answer.status() === 303 && asked.includes(answer.headers()['location'])) return false;
    // What the provider itself takes is refused as an invalid request.
    return ![400, 403].includes(answer.status());
  }

  return {
    async taken(forms) {
      const wrong: string[] = [];
      for (const { action, fields } of forms) {
        const kind = new URL(action).pathname.replaceAll(/[\w-]{20,}/g, '…');
        if (tried.has(kind)) continue;
        tried.add(kind);
        const without = Object.fromEntries(Object.entries(fields).filter(([name]) => !TOKENS.includes(name)));
        if (kind !== WITHOUT_TOKEN && (await isTaken(action, without, { 'sec-fetch-site': 'same-origin' })))
          wrong.push(`${kind} is taken without its token`);
        if (await isTaken(action, { ...fields }, { 'sec-fetch-site': 'cross-site' }))
          wrong.push(`${kind} is taken from another site`);
        if (await isTaken(action, { ...fields }, { origin: 'https://evil.example' }))
          wrong.push(`${kind} is taken from another origin`);
      }
      return wrong;
    },
  };
}
