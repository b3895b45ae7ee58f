import { CommandError } from '../command.ts';
import type { AdminClient, AdminObject } from './admin-client.ts';
import { escapeField } from './escape-field.ts';

/**
 * The user that somebody means by an e-mail address, a username or the name of the object.
 * @throws CommandError when it is nobody
 */
export async function findUser(admin: AdminClient, text: string): Promise<AdminObject> {
  const by = async (field: string) => (await admin.select('users', `${field}=${escapeField(text)}`))[0];
  const found = text.includes('@')
    ? await by('spec.email')
    : ((await admin.find('users', text)) ?? (await by('spec.preferredUsername')));
  if (found === undefined) throw new CommandError(`there is no user "${text}"`);
  return found;
}
