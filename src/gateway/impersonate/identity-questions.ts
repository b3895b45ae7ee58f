import {
  type Attributes,
  type Decision,
  forbidden,
  type StatusError,
  type UserInfo,
} from '../../kube/index.ts';
import { serviceAccountOf } from './special-usernames.ts';

/** Puts a question to the authorizer: undefined when allowed, else the 403 to answer with. */
export type Ask = (attributes: Attributes) => StatusError | undefined;

export function createAsk(authorize: (attributes: Attributes) => Decision): Ask {
  return (attributes) => {
    const { decision, reason } = authorize(attributes);
    return decision === 'allow' ? undefined : forbidden(attributes, reason);
  };
}

export const AUTHENTICATION_GROUP = 'authentication.k8s.io';

/** Makes the questions of one caller under one verb. */
export interface IdentityQuestions {
  /** About a service account if the username means one, else about a user. */
  username(username: string): Attributes;
  node(name: string): Attributes;
  uid(uid: string): Attributes;
  /** @param name '' to speak of groups at all, '*' for every group */
  group(name: string): Attributes;
  /** @param key the subresource: RBAC rules say `userextras/<key>` */
  extra(key: string, value: string): Attributes;
}

/** @param namesGroup the API group of users, groups and service accounts: '' for the legacy verb */
export function identityQuestions(caller: UserInfo, verb: string, namesGroup: string): IdentityQuestions {
  const blank = {
    user: caller,
    verb,
    isResourceRequest: true,
    path: '',
    apiVersion: 'v1',
    subresource: '',
    namespace: '',
  };
  const name = { ...blank, apiGroup: namesGroup };
  const other = { ...blank, apiGroup: AUTHENTICATION_GROUP };
  return {
    username: (username) => {
      const account = serviceAccountOf(username);
      if (account === undefined) return { ...name, resource: 'users', name: username };
      return { ...name, resource: 'serviceaccounts', ...account };
    },
    node: (node) => ({ ...name, resource: 'nodes', name: node }),
    group: (group) => ({ ...name, resource: 'groups', name: group }),
    uid: (uid) => ({ ...other, resource: 'uids', name: uid }),
    extra: (key, value) => ({ ...other, resource: 'userextras', subresource: key, name: value }),
  };
}

/** Asks one after the other. @returns the first refusal */
export function askAll(ask: Ask, questions: readonly Attributes[]): StatusError | undefined {
  for (const question of questions) {
    const refusal = ask(question);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
