import { UsageError } from '../command.ts';
import { textValue } from '../command-values.ts';
import type { AdminObject } from './admin-client.ts';
import { findUser } from './find-user.ts';
import { printDone, printObjects } from './print-objects.ts';
import { verbCommand } from './verb-command.ts';
import type { VerbCall, Verbs } from './verbs.ts';

const MOST = 100;

const verbs: Verbs = {
  list: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'Who is signed in, with what, from where',
    async run(call) {
      const selector = await selectorOf(call);
      await printObjects(call, 'sessions', (form) => call.admin.list('sessions', form, selector));
    },
  },
  end: {
    operands: 'SESSION...',
    least: 0,
    most: MOST,
    summary: 'Ends them and all that was issued in them; with --user, all of that user',
    run: end,
  },
};

export const sessionsCommand = verbCommand(verbs, {
  name: 'sessions',
  summary: 'List who is signed in where, and end it',
  usage: 'sessions VERB [SESSION...] [flags]',
  description: `A session is a browser that somebody is signed in with, or an application that goes on without one, as kubectl does.
What was ended is refused at its next request.`,
  examples: [
    { comment: 'Where is Amy signed in?', line: 'sallyport sessions list --user amy@example.com' },
    { comment: 'Sign Amy out everywhere', line: 'sallyport sessions end --user amy@example.com' },
  ],
  options: {
    user: {
      type: 'string',
      value: 'USER',
      description: "Only this user's: e-mail address, username or name",
    },
  },
});

async function selectorOf({ admin, values }: VerbCall): Promise<string | undefined> {
  const text = textValue(values, 'user');
  return text === undefined ? undefined : `spec.user=${(await findUser(admin, text)).metadata.name}`;
}

async function end(call: VerbCall): Promise<void> {
  for (const session of await chosen(call)) {
    await call.admin.delete('sessions', session.metadata.name);
    printDone(call, 'sessions', session, 'ended');
  }
}

async function chosen(call: VerbCall): Promise<readonly AdminObject[]> {
  const { admin, words } = call;
  const selector = await selectorOf(call);
  if ((selector === undefined) === (words.length === 0))
    throw new UsageError('name the sessions that are to end, or their user with --user');
  return selector === undefined
    ? words.map((name) => ({ metadata: { name } }))
    : admin.select('sessions', selector);
}
