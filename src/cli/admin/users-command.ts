import { listValue, switchValue, textValue } from '../command-values.ts';
import type { AdminObject } from './admin-client.ts';
import { findUser } from './find-user.ts';
import { printDone, printObjects } from './print-objects.ts';
import { readPassword } from './read-password.ts';
import { verbCommand } from './verb-command.ts';
import type { VerbCall, Verbs } from './verbs.ts';

const verbs: Verbs = {
  list: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'Everybody who can sign in',
    run: (call) => printObjects(call, 'users', (form) => call.admin.list('users', form)),
  },
  get: {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: 'One user',
    async run(call) {
      const { metadata } = await userOf(call);
      await printObjects(call, 'users', (form) => call.admin.get('users', metadata.name, form));
    },
  },
  create: { operands: 'EMAIL', least: 1, most: 1, summary: 'A new user', run: create },
  disable: {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: 'Cannot sign in; everything that the user has going ends now',
    run: (call) => patched(call, { disabled: true }, 'disabled'),
  },
  enable: {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: 'Can sign in again',
    run: (call) => patched(call, { disabled: false }, 'enabled'),
  },
  delete: {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: 'For good; the name is never given again',
    async run(call) {
      const user = await userOf(call);
      await call.admin.delete('users', user.metadata.name);
      printDone(call, 'users', user, 'deleted');
    },
  },
  'set-password': {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: "From the terminal or the standard input; ends the user's sessions",
    async run(call) {
      const user = await userOf(call);
      await setPassword(call, user);
      printDone(call, 'users', user, 'has another password');
    },
  },
  'reset-password': {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: 'Gives a code with which the user chooses a new one, once',
    run: resetPassword,
  },
  'reset-factors': {
    operands: 'USER',
    least: 1,
    most: 1,
    summary: 'Takes all second factors away, for who has lost them',
    async run(call) {
      const { metadata } = await userOf(call);
      const body = { apiVersion: 'sallyport.dev/v1', kind: 'UserFactorReset' };
      const done = await call.admin.act('users', metadata.name, 'factorreset', body);
      printDone(
        call,
        'users',
        done,
        done.status?.['removed'] === true ? 'has no factors now' : 'had no factors',
      );
    },
  },
};

export const usersCommand = verbCommand(verbs, {
  name: 'users',
  summary: 'List, create, disable and delete users, and set their passwords',
  usage: 'users VERB [ARGUMENT] [flags]',
  description: `USER is an e-mail address, a username or the name of the User object. Users of the configuration file are shown and cannot be
changed. It takes rights on users in the API group sallyport.dev, and the verb bind on the groups that a user is given or is in.`,
  examples: [
    {
      comment: 'A new colleague, who chooses the password alone',
      line: 'sallyport users create amy@example.com --username amy --group developers && sallyport users reset-password amy',
    },
    {
      comment: 'A user for a test, with a password from a file',
      line: 'sallyport users create bot@example.com --password-stdin < password.txt',
    },
    { comment: 'Amy has left', line: 'sallyport users disable amy@example.com' },
    { comment: 'Who is there, with all that is known', line: 'sallyport users list -o yaml' },
  ],
  options: {
    name: { type: 'string', value: 'NAME', description: 'create: what the user is called on pages' },
    username: { type: 'string', value: 'NAME', description: 'create: another name to sign in with' },
    group: {
      type: 'string',
      multiple: true,
      value: 'GROUP',
      description: 'create: a group that the user is in; may be repeated',
    },
    disabled: { type: 'boolean', description: 'create: the user cannot sign in yet' },
    'password-stdin': { type: 'boolean', description: 'create: with the password on the standard input' },
    'must-change': {
      type: 'boolean',
      description: 'create, set-password: the user has to choose another one at the next sign-in',
    },
  },
});

function userOf({ admin, words }: VerbCall): Promise<AdminObject> {
  return findUser(admin, words[0] ?? '');
}

async function create(call: VerbCall): Promise<void> {
  const { admin, values, words, host } = call;
  const withPassword = switchValue(values, 'password-stdin');
  // Before anything is made: without it, there would be half of what was wanted.
  const password = withPassword ? await readPassword(host) : undefined;
  const user = await admin.create('users', {
    apiVersion: 'sallyport.dev/v1',
    kind: 'User',
    spec: {
      email: words[0],
      name: textValue(values, 'name'),
      preferredUsername: textValue(values, 'username'),
      groups: listValue(values, 'group'),
      disabled: switchValue(values, 'disabled'),
    },
  });
  printDone(call, 'users', user, 'created');
  if (password !== undefined) await setPassword(call, user, password);
}

async function patched(call: VerbCall, spec: object, done: string): Promise<void> {
  const { metadata } = await userOf(call);
  printDone(call, 'users', await call.admin.patch('users', metadata.name, { spec }), done);
}

async function setPassword(call: VerbCall, { metadata }: AdminObject, given?: string): Promise<void> {
  const { admin, host, values } = call;
  const password = given ?? (await readPassword(host));
  const mustChange = switchValue(values, 'must-change');
  await admin.act('users', metadata.name, 'password', {
    apiVersion: 'sallyport.dev/v1',
    kind: 'UserPassword',
    spec: { password, mustChange },
  });
}

async function resetPassword(call: VerbCall): Promise<void> {
  const { metadata } = await userOf(call);
  const reset = await call.admin.act('users', metadata.name, 'reset', {
    apiVersion: 'sallyport.dev/v1',
    kind: 'UserReset',
  });
  const { token, page, expirationTimestamp } = reset.status ?? {};
  printDone(
    call,
    'users',
    reset,
    `can choose a new password at ${page} until ${expirationTimestamp} with this code:\n${token}`,
  );
}
