import type { AdminDesk, AdminList, AdminObject } from './admin-desk.ts';
import { apiPath } from './admin-objects.ts';
import type { Officer } from './officers.ts';

/** Somebody of whom an event has only the id. */
export interface EventPerson {
  readonly email: string;
  /** Of their page. */
  readonly url: string;
}

/** Who is meant by the ids of accounts, as far as the officer may know. */
export interface EventPeople {
  /** By their ids; those that are no account's, or not any more, are left out. */
  among(ids: readonly (string | undefined)[]): Promise<ReadonlyMap<string, EventPerson>>;
  /** The account with this e-mail address or username. */
  idOf(login: string): Promise<string | undefined>;
}

/** @param base of the portal's addresses */
export function eventPeople(desk: Pick<AdminDesk, 'ask'>, officer: Officer, base: string): EventPeople {
  const { user, kinds } = officer;
  const mayList = kinds.some(({ resource }) => resource === 'users');

  async function find(selector: string): Promise<AdminObject | undefined> {
    const query = new URLSearchParams({ fieldSelector: selector });
    const answer = await desk.ask(user, { method: 'GET', target: `${apiPath('users')}?${query}` });
    return answer.done ? (answer.body as AdminList).items[0] : undefined;
  }

  return {
    async among(ids) {
      const asked = mayList ? [...new Set(ids)].filter((id) => id !== undefined) : [];
      const found = await Promise.all(
        asked.map(async (id) => {
          const email = (await find(`metadata.name=${escaped(id)}`))?.spec?.['email'];
          const url = `${base}/admin/users/${encodeURIComponent(id)}`;
          return typeof email === 'string' ? [[id, { email, url }] as const] : [];
        }),
      );
      return new Map(found.flat());
    },
    async idOf(login) {
      if (!mayList || !login.includes('@')) return undefined;
      return (await find(`spec.email=${escaped(login)}`))?.metadata.name;
    },
  };
}

/** In a selector a comma and an equals sign would be its own. */
function escaped(text: string): string {
  return text.replaceAll(/[\\,=]/g, '\\$&');
}
