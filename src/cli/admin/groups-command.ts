import { listValue, textValue } from '../command-values.ts';
import { findUser } from './find-user.ts';
import { printDone, printObjects } from './print-objects.ts';
import { verbCommand } from './verb-command.ts';
import type { VerbCall, Verbs } from './verbs.ts';

const MOST_USERS = 100;

const verbs: Verbs = {
  list: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'All groups',
    run: (call) => printObjects(call, 'groups', (form) => call.admin.list('groups', form)),
  },
  get: {
    operands: 'GROUP',
    least: 1,
    most: 1,
    summary: 'One group',
    run: (call) => printObjects(call, 'groups', (form) => call.admin.get('groups', first(call), form)),
  },
  create: { operands: 'GROUP', least: 1, most: 1, summary: 'A new group', run: create },
  delete: {
    operands: 'GROUP',
    least: 1,
    most: 1,
    summary: 'Takes everybody out of it, too',
    async run(call) {
      const name = first(call);
      await call.admin.delete('groups', name);
      printDone(call, 'groups', { metadata: { name } }, 'deleted');
    },
  },
  add: {
    operands: 'GROUP USER...',
    least: 2,
    most: MOST_USERS + 1,
    summary: 'Puts users into the group',
    run: (call) => change(call, (groups, group) => [...new Set([...groups, group])]),
  },
  remove: {
    operands: 'GROUP USER...',
    least: 2,
    most: MOST_USERS + 1,
    summary: 'Takes users out of the group',
    run: (call) => change(call, (groups, group) => groups.filter((one) => one !== group)),
  },
};

export const groupsCommand = verbCommand(verbs, {
  name: 'groups',
  summary: 'List, create and delete groups, and say who is in them',
  usage: 'groups VERB [ARGUMENTS] [flags]',
  description: `Who puts users into a group needs the verb bind on it, beside the right to change users: a group can mean rights in every
cluster and application that reads it.`,
  examples: [
    {
      comment: 'A group, and who is in it',
      line: 'sallyport groups create oncall --description "Has the pager" && sallyport groups add oncall amy bob@example.com',
    },
    {
      comment: 'Its members are developers, too',
      line: 'sallyport groups create interns --member-of developers',
    },
  ],
  options: {
    description: { type: 'string', value: 'TEXT', description: 'create: what it is for' },
    'member-of': {
      type: 'string',
      multiple: true,
      value: 'GROUP',
      description: 'create: a group that its members are in as well; may be repeated',
    },
  },
});

function first({ words }: VerbCall): string {
  return words[0] ?? '';
}

async function create(call: VerbCall): Promise<void> {
  const { admin, values } = call;
  const group = await admin.create('groups', {
    apiVersion: 'sallyport.dev/v1',
    kind: 'Group',
    metadata: { name: first(call) },
    spec: { description: textValue(values, 'description'), memberOf: listValue(values, 'member-of') },
  });
  printDone(call, 'groups', group, 'created');
}

/** One after the other, each at the revision that it was read at: what somebody else has changed meanwhile is not lost. */
async function change(
  call: VerbCall,
  next: (groups: readonly string[], group: string) => readonly string[],
): Promise<void> {
  const [group = '', ...users] = call.words;
  for (const text of users) {
    const { metadata, spec } = await findUser(call.admin, text);
    const groups = (spec?.['groups'] ?? []) as readonly string[];
    const { name, resourceVersion } = metadata as typeof metadata & { readonly resourceVersion?: string };
    const changed = { metadata: { resourceVersion }, spec: { groups: next(groups, group) } };
    printDone(call, 'users', await call.admin.patch('users', name, changed), 'updated');
  }
}
