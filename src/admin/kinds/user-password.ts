import type { KubeObject } from '../../cluster/index.ts';
import type { Factors, LocalUsers } from '../../identity/index.ts';
import { badRequest, fieldError, invalid } from '../../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { Action, Writing } from '../kind.ts';
import type { Memberships } from '../memberships.ts';
import { kindType } from './kind-type.ts';
import { idOf } from './object-name.ts';
import { defined, optionalBoolean, optionalText, part, timestamp } from './read.ts';
import { userSpec } from './user-object.ts';

export interface UserActionsDeps {
  readonly users: LocalUsers;
  readonly factors: Pick<Factors, 'reset'>;
  readonly memberships: Memberships;
  readonly resetPage: string;
}

const passwordType = kindType({
  kind: 'UserPassword',
  resource: 'users',
  description: "Sets a user's password and ends the user's sessions. It is not given back.",
  verbs: [],
  spec: {
    password: { type: 'string', description: 'The new one; the password policy applies.' },
    mustChange: {
      type: 'boolean',
      description: 'The next sign-in ends at a form for another one. Default: false.',
    },
  },
  required: ['password'],
  status: { changedAt: { type: 'string', format: 'date-time' } },
});

const resetType = kindType({
  kind: 'UserReset',
  resource: 'users',
  description:
    'Lets a user choose a new password once, within 24 hours. The code is given once, and to be told to that user only.',
  verbs: [],
  spec: {},
  status: {
    token: { type: 'string', description: 'The code.' },
    page: { type: 'string', description: 'Where it is redeemed.' },
    expirationTimestamp: { type: 'string', format: 'date-time' },
  },
});

const factorResetType = kindType({
  kind: 'UserFactorReset',
  resource: 'users',
  description:
    "Takes all of a user's second factors and recovery codes away, for who has lost them. Where one is required, the next sign-in " +
    'leads to a new one.',
  verbs: [],
  spec: {},
  status: { removed: { type: 'boolean', description: 'False when there were none.' } },
});

/** The subresources by which users get other passwords. These bodies are the only ones that hold a secret. */
type UserActions = Readonly<Record<'password' | 'reset' | 'factorreset', Action>>;

export function createUserActions(deps: UserActionsDeps): UserActions {
  const { users, factors, memberships, resetPage } = deps;

  /** Who sets a password can sign in with it. */
  async function confirmMayBecome(current: KubeObject, writing: Writing): Promise<void> {
    if (writing.dryRun) throw badRequest('dryRun is not supported here');
    await memberships.confirmMayBecome(userSpec(current).groups, current.metadata.name ?? '', writing);
  }

  return {
    password: {
      type: passwordType,
      async run(current, body, writing) {
        await confirmMayBecome(current, writing);
        const name = current.metadata.name ?? '';
        const spec = part(body, 'spec');
        const password = optionalText(spec, 'password');
        if (password === undefined)
          throw invalid(gk('UserPassword'), name, [fieldError.required('spec.password')]);
        const mustChange = optionalBoolean(spec, 'mustChange') ?? false;
        const user = await users.setPassword(idOf(name), password, writing.by, { mustChange });
        return result('UserPassword', name, {
          spec: { mustChange },
          status: defined({ changedAt: timestamp(user.passwordChangedAt) }),
        });
      },
    },
    reset: {
      type: resetType,
      async run(current, _body, writing) {
        await confirmMayBecome(current, writing);
        const name = current.metadata.name ?? '';
        const { token, expiresAt } = await users.issueReset(idOf(name), writing.by);
        const status = { token, page: resetPage, expirationTimestamp: timestamp(expiresAt) };
        return result('UserReset', name, { spec: {}, status });
      },
    },
    factorreset: {
      type: factorResetType,
      async run(current, _body, writing) {
        await confirmMayBecome(current, writing);
        const name = current.metadata.name ?? '';
        const removed = await factors.reset(idOf(name), writing.by);
        return result('UserFactorReset', name, { spec: {}, status: { removed } });
      },
    },
  };
}

function gk(kind: string) {
  return { group: ADMIN_GROUP, kind };
}

function result(kind: string, name: string, content: object): KubeObject {
  return { kind, apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`, metadata: { name }, ...content };
}
