import { CommandError } from '../command.ts';
import { escapeField } from './escape-field.ts';
import { printDone, printObjects } from './print-objects.ts';
import { verbCommand } from './verb-command.ts';
import type { VerbCall, Verbs } from './verbs.ts';

const verbs: Verbs = {
  list: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'All clients, without their secrets',
    run: (call) => printObjects(call, 'oauthclients', (form) => call.admin.list('oauthclients', form)),
  },
  get: {
    operands: 'CLIENT',
    least: 1,
    most: 1,
    summary: 'One client',
    async run(call) {
      const name = await nameOf(call);
      await printObjects(call, 'oauthclients', (form) => call.admin.get('oauthclients', name, form));
    },
  },
  delete: {
    operands: 'CLIENT',
    least: 1,
    most: 1,
    summary: 'Removes a client that has registered itself, and with it all that it could do',
    async run(call) {
      const name = await nameOf(call);
      await call.admin.delete('oauthclients', name);
      printDone(call, 'oauthclients', { metadata: { name } }, 'deleted');
    },
  },
};

export const clientsCommand = verbCommand(verbs, {
  name: 'clients',
  summary: 'Show the applications that people sign in to',
  usage: 'clients VERB [CLIENT] [flags]',
  description: `Clients are changed in the configuration file (staticClients), which is followed while the server runs. Where
oauth2.dynamicClientRegistration is set, there are those that have registered themselves, too.`,
  examples: [
    { comment: 'Where may the client web send people back to?', line: 'sallyport clients get web -o yaml' },
  ],
});

/** An object's name is the client's id, but for one that cannot stand in a path. */
async function nameOf({ admin, words: [id = ''] }: VerbCall): Promise<string> {
  const [found] = await admin.select('oauthclients', `spec.clientID=${escapeField(id)}`);
  if (found === undefined) throw new CommandError(`there is no client "${id}"`);
  return found.metadata.name;
}
