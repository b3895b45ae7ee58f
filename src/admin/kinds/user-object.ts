import type { KubeObject } from '../../cluster/index.ts';
import type { User } from '../../identity/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import { lastAppliedAnnotation, lastAppliedOf } from './last-applied.ts';
import { nameOf } from './object-name.ts';
import { defined, optionalBoolean, optionalText, part, textOf, textsOf, timestamp, uidOf } from './read.ts';

/** What of a user can be wanted. */
export interface UserSpec {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string | undefined;
  readonly preferredUsername: string | undefined;
  readonly groups: readonly string[];
  readonly disabled: boolean;
  readonly lastApplied: string | undefined;
}

const specFields = ['email', 'emailVerified', 'name', 'preferredUsername', 'groups', 'disabled'];

export function userObject(user: User): KubeObject {
  return {
    kind: 'User',
    apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
    metadata: defined({
      name: nameOf(user.id),
      uid: uidOf('User', user.id),
      resourceVersion: user.revision === 0 ? undefined : String(user.revision),
      creationTimestamp: timestamp(user.createdAt) ?? null,
      annotations: lastAppliedAnnotation(user.lastApplied),
    }),
    spec: defined({
      email: user.email,
      emailVerified: user.emailVerified,
      name: user.name,
      preferredUsername: user.preferredUsername,
      groups: user.groups,
      disabled: user.disabled,
    }),
    status: defined({
      source: user.source === 'static' ? 'Static' : 'Stored',
      hasPassword: user.hasPassword,
      mustChangePassword: user.mustChangePassword,
      passwordChangedAt: timestamp(user.passwordChangedAt),
      updatedAt: timestamp(user.updatedAt),
    }),
  };
}

/** With the defaults of what is left out. */
export function userSpec(object: KubeObject): UserSpec {
  const spec = part(object, 'spec');
  return {
    email: textOf(spec, 'email'),
    emailVerified: optionalBoolean(spec, 'emailVerified') ?? true,
    name: optionalText(spec, 'name'),
    preferredUsername: optionalText(spec, 'preferredUsername'),
    groups: [...new Set(textsOf(spec, 'groups'))],
    disabled: optionalBoolean(spec, 'disabled') ?? false,
    lastApplied: lastAppliedOf(object, specFields),
  };
}
