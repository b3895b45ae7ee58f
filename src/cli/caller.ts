import type { Attributes, UserInfo } from '../kube/index.ts';
import type { ApiClient } from '../kubeconfig/index.ts';
import { type CommandOption, type CommandValues, UsageError } from './command.ts';
import { listValue, textValue } from './command-values.ts';
import type { PolicySource } from './policy-source/index.ts';
import type { Question } from './question.ts';

export const callerOptions: Readonly<Record<string, CommandOption>> = {
  as: { type: 'string', value: 'USER', description: 'Ask about this user instead of yourself' },
  'as-group': {
    type: 'string',
    multiple: true,
    value: 'GROUP',
    description: 'A group that the user of --as is in; may be repeated',
  },
};

/** Who --as and --as-group mean; undefined for the person who asks. */
export function namedCaller(values: CommandValues): UserInfo | undefined {
  const username = textValue(values, 'as');
  const groups = listValue(values, 'as-group');
  if (username !== undefined) return { username, groups: [...groups, ...addedGroups(username, groups)] };
  if (groups.length > 0) throw new UsageError('--as-group goes with --as USER');
  return undefined;
}

/** The groups that Kubernetes adds. Source: apiserver/pkg/endpoints/filters/impersonation.go. */
function addedGroups(username: string, groups: readonly string[]): string[] {
  if (username === 'system:anonymous') return ['system:unauthenticated'];
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username) ?? [];
  const ofAccount =
    namespace === undefined || groups.length > 0
      ? []
      : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return [...ofAccount, 'system:authenticated'].filter((group) => !groups.includes(group));
}

/** The caller as the server sees them. Without a server nobody is there: --as must say who. */
export async function callerOf(values: CommandValues, { server }: PolicySource): Promise<UserInfo> {
  const named = namedCaller(values);
  if (named !== undefined) return named;
  if (server === undefined) {
    throw new UsageError('manifests know no caller: say who asks, with --as USER and --as-group GROUP');
  }
  return whoAmI(server);
}

async function whoAmI(server: ApiClient): Promise<UserInfo> {
  const apiVersion = 'authentication.k8s.io/v1';
  const review = await server.post(`/apis/${apiVersion}/selfsubjectreviews`, {
    apiVersion,
    kind: 'SelfSubjectReview',
  });
  const { userInfo } = (review as { status?: { userInfo?: Partial<UserInfo> } }).status ?? {};
  return { username: userInfo?.username ?? '', groups: userInfo?.groups ?? [] };
}

/** The question as the authorizer gets it. */
export function attributesFor(user: UserInfo, question: Question): Attributes {
  const isResourceRequest = !('path' in question);
  const nothing = { path: '', apiGroup: '', resource: '', subresource: '', namespace: '', name: '' };
  return { ...nothing, user, isResourceRequest, apiVersion: isResourceRequest ? '*' : '', ...question };
}
