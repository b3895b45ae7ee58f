import type { Attributes, Decision, UserInfo } from '../../../src/kube/index.ts';

/** One question as a line: `user verb group/resource/subresource namespace name`, or `user verb path`. */
export function line({ user, ...asked }: Attributes): string {
  if (!asked.isResourceRequest) return `${user.username} ${asked.verb} ${asked.path}`;
  const resource = [asked.apiGroup, asked.resource, asked.subresource].join('/');
  return `${user.username} ${asked.verb} ${resource} ${asked.namespace}:${asked.name}`;
}

/** An authorizer that allows what the predicate allows and remembers what it was asked. */
export function recordingAuthorizer(allows: (question: string, attributes: Attributes) => boolean) {
  const asked: Attributes[] = [];
  return {
    asked,
    lines: () => asked.map(line),
    authorize(attributes: Attributes): Decision {
      asked.push(attributes);
      return { decision: allows(line(attributes), attributes) ? 'allow' : 'noOpinion', reason: '' };
    },
  };
}

/** The actual request of most tests: get one pod. */
export const getPod = (user: UserInfo): Attributes => ({
  user,
  verb: 'get',
  isResourceRequest: true,
  path: '/api/v1/namespaces/bar/pods/foo',
  apiGroup: '',
  apiVersion: 'v1',
  resource: 'pods',
  subresource: '',
  namespace: 'bar',
  name: 'foo',
});

/** Raw headers as Node gives them: the bytes of UTF-8, one a character. */
export function raw(...headers: readonly (readonly [name: string, value: string])[]): string[] {
  return headers.flatMap(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]);
}
