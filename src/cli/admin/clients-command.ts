import { CommandError, UsageError } from '../command.ts';
import { listValue, switchValue, textValue } from '../command-values.ts';
import type { AdminObject } from './admin-client.ts';
import { escapeField } from './escape-field.ts';
import { printDone, printObjects } from './print-objects.ts';
import { readSpec } from './read-spec.ts';
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
  create: {
    operands: '[CLIENT]',
    least: 0,
    most: 1,
    summary: 'A new client, with this id or one that is drawn; tells its secret this once',
    run: create,
  },
  update: {
    operands: 'CLIENT',
    least: 1,
    most: 1,
    summary: 'Gives it what the flags say in place of what it had',
    run: update,
  },
  'rotate-secret': {
    operands: 'CLIENT',
    least: 1,
    most: 1,
    summary: 'Tells another secret this once; the one before is void at once',
    async run(call) {
      const name = await nameOf(call);
      const rotated = await newSecret(call, name);
      printDone(call, 'oauthclients', rotated, secretText('has another secret', rotated));
    },
  },
  delete: {
    operands: 'CLIENT',
    least: 1,
    most: 1,
    summary: 'Removes a client that is not configured, and with it all that it could do',
    async run(call) {
      const name = await nameOf(call);
      await call.admin.delete('oauthclients', name);
      printDone(call, 'oauthclients', { metadata: { name } }, 'deleted');
    },
  },
};

export const clientsCommand = verbCommand(verbs, {
  name: 'clients',
  summary: 'List, create, change and delete the applications that people sign in to',
  usage: 'clients VERB [CLIENT] [flags]',
  description: `Clients of the configuration file (staticClients) are shown, and are changed there. Where oauth2.dynamicClientRegistration is set,
there are those that have registered themselves, too; they can be deleted. Secrets are told once and kept by nobody but the client.`,
  examples: [
    {
      comment: 'An application with a secret',
      line: 'sallyport clients create wiki --name Wiki --redirect-uri https://wiki.example.com/callback',
    },
    {
      comment: 'Who may sign in, which claims it gets: the keys of staticClients',
      line: 'sallyport clients update wiki --spec wiki.yaml',
    },
    { comment: 'Its secret may be in other hands', line: 'sallyport clients rotate-secret wiki' },
    { comment: 'Where may the client web send people back to?', line: 'sallyport clients get web -o yaml' },
  ],
  options: {
    name: { type: 'string', value: 'NAME', description: 'create, update: what people are shown' },
    'redirect-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      description: 'create, update: where people are sent back to; may be repeated',
    },
    'post-logout-redirect-uri': {
      type: 'string',
      multiple: true,
      value: 'URI',
      description: 'create, update: the same after a sign-out; may be repeated',
    },
    'grant-type': {
      type: 'string',
      multiple: true,
      value: 'TYPE',
      description:
        'create, update: how it gets tokens (default: authorization_code, refresh_token); may be repeated',
    },
    'allowed-group': {
      type: 'string',
      multiple: true,
      value: 'GROUP',
      description: 'create, update: only members of one of these sign in; may be repeated',
    },
    'trusted-peer': {
      type: 'string',
      multiple: true,
      value: 'CLIENT',
      description: 'create, update: may get tokens for this client; may be repeated',
    },
    'mfa-chain': {
      type: 'string',
      multiple: true,
      value: 'AUTHENTICATOR',
      description: 'create, update: a second factor of "mfa" that a sign-in passes; may be repeated',
    },
    'backchannel-logout-uri': {
      type: 'string',
      value: 'URI',
      description: "create, update: is told of a session's end",
    },
    spec: {
      type: 'string',
      value: 'FILE',
      description:
        "create, update: YAML or JSON with what an entry of 'staticClients' says, '-' for standard input; flags count before it",
    },
    public: { type: 'boolean', description: "create: without a secret: an app on the person's own machine" },
  },
});

/** An object's name is the client's id, but for one that cannot stand in a path. */
async function nameOf({ admin, words: [id = ''] }: VerbCall): Promise<string> {
  const [found] = await admin.select('oauthclients', `spec.clientID=${escapeField(id)}`);
  if (found === undefined) throw new CommandError(`there is no client "${id}"`);
  return found.metadata.name;
}

/** What the file and the flags say of a client. */
async function specOf({ values }: VerbCall): Promise<Readonly<Record<string, unknown>>> {
  const list = (flag: string) => {
    const given = listValue(values, flag);
    return given.length === 0 ? undefined : given;
  };
  const said = {
    name: textValue(values, 'name'),
    redirectURIs: list('redirect-uri'),
    postLogoutRedirectURIs: list('post-logout-redirect-uri'),
    grantTypes: list('grant-type'),
    allowedGroups: list('allowed-group'),
    trustedPeers: list('trusted-peer'),
    mfaChain: list('mfa-chain'),
    backchannelLogoutURI: textValue(values, 'backchannel-logout-uri'),
  };
  const file = textValue(values, 'spec');
  const spec = file === undefined ? {} : await readSpec(file);
  return { ...spec, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) };
}

async function create(call: VerbCall): Promise<void> {
  const isPublic = switchValue(call.values, 'public');
  const spec = await specOf(call);
  const client = await call.admin.create('oauthclients', {
    apiVersion: 'sallyport.dev/v1',
    kind: 'OAuthClient',
    metadata: { name: call.words[0] },
    spec: isPublic ? { ...spec, public: true } : spec,
  });
  if (client.status?.['hasSecret'] !== true) return printDone(call, 'oauthclients', client, 'created');
  const made = await newSecret(call, client.metadata.name);
  const whole = { ...client, status: { ...client.status, ...made.status } };
  printDone(call, 'oauthclients', whole, secretText('created', made));
}

async function update(call: VerbCall): Promise<void> {
  const spec = await specOf(call);
  if (Object.keys(spec).length === 0)
    throw new UsageError('say what is to change: see "sallyport clients --help"');
  if (switchValue(call.values, 'public'))
    throw new UsageError('whether a client has a secret does not change: make another client');
  const name = await nameOf(call);
  printDone(call, 'oauthclients', await call.admin.patch('oauthclients', name, { spec }), 'updated');
}

function newSecret({ admin }: VerbCall, name: string): Promise<AdminObject> {
  const body = { apiVersion: 'sallyport.dev/v1', kind: 'OAuthClientSecret' };
  return admin.act('oauthclients', name, 'secret', body);
}

function secretText(done: string, { status }: AdminObject): string {
  return `${done}; its secret, which is told this once:\n${String(status?.['secret'])}`;
}
