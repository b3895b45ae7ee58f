import type { Messages } from '../../../views/index.ts';
import type { AdminObject } from './admin-desk.ts';
import { type AdminProperty, flag, lines, list, made, named, text, time, word } from './admin-property.ts';

/** What is shown once and never again. */
export interface AdminOnce {
  /** For whom it is. */
  readonly title: keyof Messages;
  readonly items: readonly { readonly label: keyof Messages; readonly value: string }[];
}

/** What is done with an object by POST to a subresource. */
export interface AdminAction {
  readonly subresource: string;
  readonly kind: string;
  readonly label: keyof Messages;
  /** What comes of it. */
  readonly about: keyof Messages;
  /** For which objects; for all if left out. */
  isFor?(object: AdminObject): boolean;
  /** Where the answer has something that is shown once. */
  shows?(answer: AdminObject): AdminOnce;
}

/** One kind, as the pages show it. */
export interface AdminKind {
  readonly resource: string;
  readonly kind: string;
  readonly title: keyof Messages;
  /** In the order that people read them in. The first column leads to the object, by which people know it. */
  readonly properties: readonly AdminProperty[];
  /** The moment by which they are listed, the last first; by what people know them by if left out. */
  readonly lastBy?: AdminProperty['path'];
  /** What deleting one is called, and what goes with it; undefined where it is not done. */
  readonly deletion?: { readonly label: keyof Messages; readonly about: keyof Messages };
  readonly actions: readonly AdminAction[];
  /** What is done at once with a new one. */
  readonly firstly?: string;
}

const source = (object: AdminObject) => String(object.status?.['source'] ?? 'Stored');

/** Whether it is kept in the store, and changed there. */
export function isStored(object: AdminObject): boolean {
  return source(object) === 'Stored';
}

/** Whether it can be taken away: what the configuration says stays as long as that says it. */
export function isRemovable(object: AdminObject): boolean {
  return isStored(object) || source(object) === 'Registered';
}

const USERS: AdminKind = {
  resource: 'users',
  kind: 'User',
  title: 'adminUsers',
  properties: [
    text('spec.email', 'email', { column: true, form: 'always' }),
    text('spec.name', 'name', { column: true, form: 'always' }),
    text('spec.preferredUsername', 'usernameLabel', { column: true, form: 'always' }),
    list('spec.groups', 'groups', { column: true, form: 'always' }),
    flag('spec.disabled', 'adminDisabled', { form: 'old' }),
    flag('spec.emailVerified', 'adminEmailVerified'),
    word('status.source', 'adminSource', { column: true }),
    flag('status.hasPassword', 'adminHasPassword'),
    flag('status.mustChangePassword', 'adminMustChange'),
    time('status.passwordChangedAt', 'adminPasswordChanged'),
    made('adminCreated', { column: true }),
    time('status.updatedAt', 'adminUpdated'),
    named('adminId'),
  ],
  deletion: { label: 'adminDelete', about: 'adminDeleteUser' },
  actions: [
    {
      subresource: 'reset',
      kind: 'UserReset',
      label: 'adminReset',
      about: 'adminResetText',
      isFor: isStored,
      shows: ({ status = {} }) => ({
        title: 'adminOnce',
        items: [
          { label: 'adminOnceCode', value: String(status['token']) },
          { label: 'adminOncePage', value: String(status['page']) },
          { label: 'adminOnceUntil', value: String(status['expirationTimestamp']) },
        ],
      }),
    },
    {
      subresource: 'factorreset',
      kind: 'UserFactorReset',
      label: 'adminFactorReset',
      about: 'adminFactorResetText',
    },
  ],
};

const GROUPS: AdminKind = {
  resource: 'groups',
  kind: 'Group',
  title: 'adminGroups',
  properties: [
    named('name', { column: true, form: 'new' }),
    text('spec.description', 'adminDescription', { column: true, form: 'always' }),
    list('spec.memberOf', 'adminMemberOf', { column: true, form: 'always' }),
    list('status.subgroups', 'adminSubgroups'),
    made('adminCreated', { column: true }),
    time('status.updatedAt', 'adminUpdated'),
  ],
  deletion: { label: 'adminDelete', about: 'adminDeleteGroup' },
  actions: [],
};

const SESSIONS: AdminKind = {
  resource: 'sessions',
  kind: 'Session',
  title: 'adminSessions',
  lastBy: 'status.lastUsedAt',
  properties: [
    text('status.email', 'adminUser', { column: true }),
    word('spec.kind', 'adminKind', { column: true }),
    list('spec.clients', 'adminClients', { column: true }),
    text('status.lastUsedWith', 'adminLastUsedWith', { column: true }),
    text('status.address', 'eventsAddress', { column: true }),
    time('status.lastUsedAt', 'adminLastUsed', { column: true }),
    list('spec.scopes', 'adminScopes'),
    text('status.signedInWith', 'adminSignedInWith'),
    made('adminSignedInAt'),
    time('status.expiresAt', 'adminExpires'),
    text('spec.user', 'adminUserId'),
    named('adminId'),
  ],
  deletion: { label: 'accountEnd', about: 'adminEndText' },
  actions: [],
};

const CLIENTS: AdminKind = {
  resource: 'oauthclients',
  kind: 'OAuthClient',
  title: 'adminClients',
  properties: [
    named('adminClientId', { column: true, form: 'new', hint: 'adminClientIdHint' }),
    text('spec.name', 'name', { column: true, form: 'always' }),
    flag('spec.public', 'adminPublic', { column: true, form: 'new' }),
    lines('spec.redirectURIs', 'adminRedirects', { form: 'always' }),
    lines('spec.postLogoutRedirectURIs', 'adminPostLogout', { form: 'always' }),
    list('spec.grantTypes', 'adminGrantTypes', { form: 'always', hint: 'adminGrantTypesHint' }),
    list('spec.allowedGroups', 'adminAllowedGroups', {
      column: true,
      form: 'always',
      hint: 'adminAllowedGroupsHint',
    }),
    list('spec.trustedPeers', 'adminTrustedPeers', { form: 'always', hint: 'adminTrustedPeersHint' }),
    text('spec.backchannelLogoutURI', 'adminBackchannel', { form: 'always' }),
    text('spec.logoURL', 'adminLogo', { form: 'always' }),
    flag('spec.introspect', 'adminIntrospect', { form: 'always' }),
    word('spec.refreshTokenLifetime', 'adminRefreshLifetime'),
    flag('status.hasSecret', 'adminHasSecret'),
    flag('status.hasKeys', 'adminHasKeys'),
    word('status.source', 'adminSource', { column: true }),
    made('adminCreated', { column: true }),
  ],
  deletion: { label: 'adminDelete', about: 'adminDeleteClient' },
  actions: [
    {
      subresource: 'secret',
      kind: 'OAuthClientSecret',
      label: 'adminSecret',
      about: 'adminSecretText',
      isFor: (client) => isStored(client) && client.status?.['hasSecret'] === true,
      shows: ({ metadata, status = {} }) => ({
        title: 'adminOnceSecret',
        items: [
          { label: 'adminClientId', value: metadata.name ?? '' },
          { label: 'adminOnceSecretIs', value: String(status['secret']) },
        ],
      }),
    },
  ],
  firstly: 'secret',
};

const KEYS: AdminKind = {
  resource: 'signingkeys',
  kind: 'SigningKey',
  title: 'adminKeys',
  properties: [
    named('adminId', { column: true }),
    text('spec.algorithm', 'adminAlgorithm', { column: true }),
    word('status.state', 'adminState', { column: true }),
    time('status.since', 'adminSince', { column: true }),
    time('status.until', 'adminUntil', { column: true }),
  ],
  actions: [],
};

export const ADMIN_KINDS: readonly AdminKind[] = [USERS, GROUPS, SESSIONS, CLIENTS, KEYS];
