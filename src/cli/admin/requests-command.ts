import { UsageError } from '../command.ts';
import { switchValue, textValue } from '../command-values.ts';
import type { AdminClient, AdminObject, Resource } from './admin-client.ts';
import { printDone, printObjects } from './print-objects.ts';
import { verbCommand } from './verb-command.ts';
import type { VerbCall, Verbs } from './verbs.ts';
import { waitForDecision } from './wait-for-decision.ts';

const one = { operands: 'REQUEST', least: 1, most: 1 } as const;

const verbs: Verbs = {
  list: {
    operands: '',
    least: 0,
    most: 0,
    summary: 'Requests of the namespace, of all with -A, for the whole cluster with --cluster-wide',
    async run(call) {
      const { admin, resource } = placeOf(call);
      await printObjects(call, resource, (form) => admin.list(resource, form));
    },
  },
  get: {
    ...one,
    summary: 'One request',
    async run(call) {
      const { admin, resource } = placeOf(call);
      await printObjects(call, resource, (form) => admin.get(resource, first(call), form));
    },
  },
  create: { operands: 'ROLE', least: 1, most: 1, summary: 'Asks for a role for a while', run: create },
  approve: { ...one, summary: 'Gives what is asked for', run: (call) => decide(call, 'Approve', 'approved') },
  deny: { ...one, summary: 'Does not give it', run: (call) => decide(call, 'Deny', 'denied') },
  revoke: {
    ...one,
    summary: 'Ends it before its time; also who has asked may',
    run: (call) => decide(call, 'Revoke', 'revoked'),
  },
  delete: {
    ...one,
    summary: 'Takes the request away, and with it what it had given',
    async run(call) {
      const { admin, resource } = placeOf(call);
      const name = first(call);
      await admin.delete(resource, name);
      printDone(call, resource, { metadata: { name } }, 'deleted');
    },
  },
};

export const requestsCommand = verbCommand(verbs, {
  name: 'requests',
  summary: 'Ask for a role for a while, and approve what others ask for',
  usage: 'requests VERB [REQUEST|ROLE] [flags]',
  description: `A ROLE is a ClusterRole; role/NAME is a Role of the namespace. Who approves holds the verb approve on accessrequests there, may hand
out the role, and is somebody else.`,
  examples: [
    {
      comment: 'To work in the namespace team-a for two hours',
      line: 'sallyport requests create edit -n team-a --for 2h --reason "the shop is down"',
    },
    { comment: 'What waits for a decision?', line: 'sallyport requests list -A' },
    {
      comment: 'Let it be',
      line: 'sallyport requests approve edit-x7k2p -n team-a --message "until it is up again"',
    },
  ],
  options: {
    namespace: {
      type: 'string',
      short: 'n',
      value: 'NAMESPACE',
      description: "The namespace (default: the context's, else default)",
    },
    'all-namespaces': { type: 'boolean', short: 'A', description: 'list: of all namespaces' },
    'cluster-wide': { type: 'boolean', description: 'A request for the whole cluster, not for a namespace' },
    for: { type: 'string', value: 'DURATION', description: 'create: for how long, for example 2h or 30m' },
    reason: { type: 'string', value: 'TEXT', description: 'create: why, for whoever decides' },
    wait: { type: 'boolean', description: 'create: until somebody has decided; exit code 1 when it is a no' },
    message: { type: 'string', value: 'TEXT', description: 'approve, deny, revoke: words for who asked' },
  },
});

function first({ words }: VerbCall): string {
  return words[0] ?? '';
}

/** Where the requests are that somebody means. @throws UsageError */
function placeOf({ admin, values }: VerbCall): { readonly admin: AdminClient; readonly resource: Resource } {
  const everywhere = switchValue(values, 'all-namespaces');
  const namespace = textValue(values, 'namespace');
  if (switchValue(values, 'cluster-wide')) {
    if (everywhere || namespace !== undefined)
      throw new UsageError('--cluster-wide is for requests that are in no namespace');
    return { admin, resource: 'clusteraccessrequests' };
  }
  if (everywhere) return { admin, resource: 'accessrequests' };
  const within = admin.within(namespace ?? admin.context.namespace ?? 'default');
  return { admin: within, resource: 'accessrequests' };
}

async function create(call: VerbCall): Promise<void> {
  const { values, host } = call;
  const { admin, resource } = placeOf(call);
  const { kind, name } = roleOf(first(call));
  const given = (flag: string) => {
    const text = textValue(values, flag);
    if (text === undefined) throw new UsageError(`--${flag} is missing`);
    return text;
  };
  const request = await admin.create(resource, {
    apiVersion: 'sallyport.dev/v1',
    kind: resource === 'accessrequests' ? 'AccessRequest' : 'ClusterAccessRequest',
    metadata: { generateName: `${nameBase(name)}-` },
    spec: { role: { kind, name }, duration: given('for'), reason: given('reason') },
  });
  printDone(call, resource, request, 'created');
  if (!switchValue(values, 'wait')) return;
  const decided = await waitForDecision(admin, resource, request.metadata.name, host);
  printDone(call, resource, decided, 'approved');
}

/** `edit`, `clusterrole/edit`, `role/reader`. @throws UsageError */
function roleOf(text: string): { readonly kind: string; readonly name: string } {
  const slash = text.indexOf('/');
  if (slash < 0) return { kind: 'ClusterRole', name: text };
  const kind = KINDS[text.slice(0, slash).toLowerCase()];
  if (kind === undefined) throw new UsageError(`"${text}" is no role: expected NAME, or role/NAME`);
  return { kind, name: text.slice(slash + 1) };
}

const KINDS: Readonly<Record<string, string>> = { role: 'Role', clusterrole: 'ClusterRole' };

/** What names of objects may hold, of what names of roles may. */
function nameBase(role: string): string {
  return (
    role
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'access'
  );
}

async function decide(call: VerbCall, decision: string, done: string): Promise<void> {
  const { admin, resource } = placeOf(call);
  const body = {
    apiVersion: 'sallyport.dev/v1',
    kind: 'AccessDecision',
    spec: { decision, message: textValue(call.values, 'message') ?? '' },
  };
  const request: AdminObject = await admin.act(resource, first(call), 'decision', body);
  printDone(call, resource, request, done);
}
