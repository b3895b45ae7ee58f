import type { Messages } from '../../../views/index.ts';
import type { AdminObject } from './admin-desk.ts';

/** A field of an object that a form has. */
export interface AdminField {
  readonly name: string;
  readonly label: keyof Messages;
  readonly type: 'text' | 'list' | 'flag';
  /** What the object has in it. */
  read(object: AdminObject): unknown;
  /** Only in the form that makes one: it is never changed. */
  readonly onlyNew?: true;
  /** Only in the form that changes one. */
  readonly onlyOld?: true;
}

/** What is shown once and never again. */
export interface AdminOnce {
  /** For whom it is. */
  readonly title: keyof Messages;
  readonly items: readonly { readonly label: keyof Messages; readonly value: string }[];
}

/** One kind, as the pages show it. */
export interface AdminKind {
  readonly resource: string;
  readonly kind: string;
  readonly title: keyof Messages;
  /** The column by whose text people know one, which leads the list; the API's name when undefined. */
  readonly knownBy?: string;
  /** Of its forms; none for a kind that is not written. */
  readonly fields: readonly AdminField[];
  /** What deleting one is called; undefined where it is not done. */
  readonly deletion?: keyof Messages;
  /** What is done with one by POST to a subresource, and how that is said. */
  readonly actions: readonly {
    readonly subresource: string;
    readonly kind: string;
    readonly label: keyof Messages;
    /** Where the answer has something that is shown once. */
    readonly shows?: (answer: AdminObject) => AdminOnce;
  }[];
}

const spec = (name: string, label: keyof Messages, type: AdminField['type'] = 'text'): AdminField => ({
  name,
  label,
  type,
  read: (object) => object.spec?.[name],
});

export const ADMIN_KINDS: readonly AdminKind[] = [
  {
    resource: 'users',
    kind: 'User',
    title: 'adminUsers',
    knownBy: 'Email',
    fields: [
      spec('email', 'email'),
      spec('name', 'name'),
      spec('preferredUsername', 'usernameLabel'),
      spec('groups', 'groups', 'list'),
      { ...spec('disabled', 'adminDisabled', 'flag'), onlyOld: true },
    ],
    deletion: 'adminDelete',
    actions: [
      {
        subresource: 'reset',
        kind: 'UserReset',
        label: 'adminReset',
        shows: ({ status = {} }) => ({
          title: 'adminOnce',
          items: [
            { label: 'adminOnceCode', value: String(status['token']) },
            { label: 'adminOncePage', value: String(status['page']) },
            { label: 'adminOnceUntil', value: String(status['expirationTimestamp']) },
          ],
        }),
      },
      { subresource: 'factorreset', kind: 'UserFactorReset', label: 'adminFactorReset' },
    ],
  },
  {
    resource: 'groups',
    kind: 'Group',
    title: 'adminGroups',
    fields: [
      { name: 'name', label: 'name', type: 'text', read: ({ metadata }) => metadata.name, onlyNew: true },
      spec('description', 'adminDescription'),
      spec('memberOf', 'adminMemberOf', 'list'),
    ],
    deletion: 'adminDelete',
    actions: [],
  },
  {
    resource: 'sessions',
    kind: 'Session',
    title: 'adminSessions',
    fields: [],
    deletion: 'accountEnd',
    actions: [],
  },
  {
    resource: 'oauthclients',
    kind: 'OAuthClient',
    title: 'adminClients',
    fields: [],
    deletion: 'adminDelete',
    actions: [],
  },
  { resource: 'signingkeys', kind: 'SigningKey', title: 'adminKeys', fields: [], actions: [] },
];

const API = { group: 'sallyport.dev', version: 'v1' };

/** Path of a collection, of an object in it, of its subresource. */
export function apiPath(...parts: readonly string[]): string {
  return `/apis/${API.group}/${API.version}/${parts.map(encodeURIComponent).join('/')}`;
}

/** An object as it is sent. */
export function apiObject(kind: string, content: object): object {
  return { apiVersion: `${API.group}/${API.version}`, kind, metadata: {}, ...content };
}

/** What a form says, over what the object has had. @param read a field's text */
export function wantedObject(
  { kind, fields }: AdminKind,
  read: (name: string) => string | undefined,
  current?: AdminObject,
): object {
  const written = fields.filter(({ onlyNew, onlyOld }) => (current === undefined ? !onlyOld : !onlyNew));
  const own = Object.fromEntries(
    written
      .filter((field) => field.name !== 'name' || kind !== 'Group')
      .flatMap((field) => {
        const value = typedValue(field, read(field.name)?.trim() ?? '');
        return value === undefined ? [] : [[field.name, value]];
      }),
  );
  const kept = Object.fromEntries(
    Object.entries(current?.spec ?? {}).filter(([name]) => !written.some((field) => field.name === name)),
  );
  const name = current?.metadata.name ?? (kind === 'Group' ? (read('name')?.trim() ?? '') : undefined);
  const resourceVersion = current === undefined ? undefined : read('revision');
  return apiObject(kind, {
    metadata: { ...(name === undefined ? {} : { name }), ...(resourceVersion ? { resourceVersion } : {}) },
    spec: { ...kept, ...own },
  });
}

function typedValue({ type }: AdminField, text: string): unknown {
  if (type === 'flag') return text === 'yes';
  if (type === 'list') return text.split(/[\s,]+/).filter(Boolean);
  return text === '' ? undefined : text;
}
