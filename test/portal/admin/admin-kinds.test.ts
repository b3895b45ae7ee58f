import { describe, expect, it } from 'vitest';
import { oauthClientType } from '../../../src/admin/kinds/oauth-client-type.ts';
import { userType } from '../../../src/admin/kinds/user-type.ts';
import { ADMIN_KINDS } from '../../../src/portal/admin/admin-kinds.ts';
import { wantedObject } from '../../../src/portal/admin/admin-objects.ts';

interface Schema {
  readonly type?: string;
  readonly items?: { readonly type?: string };
  readonly enum?: readonly unknown[];
}

/** What the API has, and the forms leave to those who write YAML: the pages show it, and keep it. */
const WITHOUT_FIELD: Readonly<Record<string, readonly string[]>> = {
  User: ['emailVerified'],
  OAuthClient: ['clientID', 'refreshTokenLifetime', 'mfaChain', 'allowedConnectors'],
};

const isTypable = ({ type, items }: Schema) =>
  type === 'string' || type === 'boolean' || (type === 'array' && items?.type === 'string');

describe.each([
  ['User', userType],
  ['OAuthClient', oauthClientType],
])('the form of a %s', (kind, type) => {
  const schemas: Readonly<Record<string, { properties?: unknown }>> = type.own?.schemas ?? {};
  const spec = (schemas[`dev.sallyport.v1.${kind}Spec`]?.properties ?? {}) as Record<string, Schema>;
  const properties = ADMIN_KINDS.find((one) => one.kind === kind)?.properties ?? [];
  const inSpec = properties.filter(({ path }) => path.startsWith('spec.'));

  it('has a field for everything that the API lets be said in one', () => {
    const typable = Object.keys(spec).filter((name) => isTypable(spec[name] ?? {}));
    const missing = typable.filter(
      (name) => !inSpec.some((one) => one.path === `spec.${name}` && one.form !== undefined),
    );
    expect(missing.sort()).toEqual([...(WITHOUT_FIELD[kind] ?? [])].sort());
  });

  it('has none for what the API does not know', () => {
    for (const { path } of inSpec) expect(spec).toHaveProperty(path.slice('spec.'.length));
  });
});

describe('what a form says of an object that there is', () => {
  const current = {
    metadata: { name: 'wiki', resourceVersion: '7', annotations: { of: 'kubectl apply' } },
    spec: { clientID: 'wiki', name: 'Wiki', mfaChain: ['app'], allowedGroups: ['staff'], public: false },
  };
  const kind = ADMIN_KINDS.find((one) => one.kind === 'OAuthClient');

  it('leaves what it has no field for, takes away what is emptied, and is of the revision that was shown', () => {
    const typed: Readonly<Record<string, string>> = { name: 'The wiki', allowedGroups: ' ', revision: '6' };
    expect(kind && wantedObject(kind, (name) => typed[name], current)).toMatchObject({
      kind: 'OAuthClient',
      metadata: { name: 'wiki', resourceVersion: '6', annotations: { of: 'kubectl apply' } },
      spec: { clientID: 'wiki', name: 'The wiki', mfaChain: ['app'], public: false, introspect: false },
    });
    expect(kind && wantedObject(kind, (name) => typed[name], current)).not.toHaveProperty(
      'spec.allowedGroups',
    );
  });
});
