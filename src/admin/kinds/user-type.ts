import { timeSince } from '../../cluster/index.ts';
import { createdSubresource, kindType } from './kind-type.ts';
import { part, textOf, textsOf } from './read.ts';

/** The kind User. Its name is the account's id, which is the `sub` of ID tokens. */
export const userType = kindType({
  kind: 'User',
  resource: 'users',
  description:
    "Somebody who can sign in. The name is given by the server and never given again; it is the 'sub' of the user's ID tokens. " +
    'Users of the configuration file are shown and cannot be changed.',
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  subresources: [
    createdSubresource('password', 'UserPassword'),
    createdSubresource('reset', 'UserReset'),
    createdSubresource('factorreset', 'UserFactorReset'),
  ],
  spec: {
    email: {
      type: 'string',
      description:
        "What the user signs in with; nobody else has it. A new one needs the verb 'bind' on users, by it.",
    },
    emailVerified: { type: 'boolean', description: "The claim 'email_verified'. Default: true." },
    name: {
      type: 'string',
      description: 'Shown to people. Default: preferredUsername, else the e-mail address.',
    },
    preferredUsername: {
      type: 'string',
      description:
        "The claim 'preferred_username', and another name to sign in with; nobody else has it. A new one needs the verb 'bind' on users, by it.",
    },
    groups: {
      type: 'array',
      items: { type: 'string' },
      description: "Names of Groups. Adding one needs the verb 'bind' on it.",
    },
    disabled: {
      type: 'boolean',
      description: 'The user cannot sign in; sessions and refresh tokens have ended. Default: false.',
    },
  },
  required: ['email'],
  status: {
    source: { type: 'string', description: 'Stored, or Static: of the configuration file.' },
    hasPassword: { type: 'boolean', description: 'Whether the user can sign in with a password.' },
    mustChangePassword: { type: 'boolean', description: 'The next sign-in ends at a form for a new one.' },
    passwordChangedAt: { type: 'string', format: 'date-time' },
    updatedAt: { type: 'string', format: 'date-time' },
  },
  selectableFields: ['spec.email', 'spec.preferredUsername', 'spec.disabled', 'status.source'],
  columns: [
    { name: 'Name', description: "The account's id.", cell: ({ metadata }) => metadata.name ?? '' },
    { name: 'Email', description: '', cell: (user) => textOf(part(user, 'spec'), 'email') },
    {
      name: 'Username',
      description: '',
      cell: (user) => textOf(part(user, 'spec'), 'preferredUsername') || '<none>',
    },
    {
      name: 'Groups',
      description: '',
      cell: (user) => textsOf(part(user, 'spec'), 'groups').join(',') || '<none>',
    },
    {
      name: 'Disabled',
      description: '',
      type: 'boolean',
      cell: (user) => part(user, 'spec')['disabled'] === true,
    },
    { name: 'Source', description: '', cell: (user) => textOf(part(user, 'status'), 'source') },
    {
      name: 'Age',
      description: '',
      cell: ({ metadata }, now) => timeSince(metadata.creationTimestamp ?? '', now),
    },
    {
      name: 'Display Name',
      description: '',
      wide: true,
      cell: (user) => textOf(part(user, 'spec'), 'name'),
    },
  ],
});
