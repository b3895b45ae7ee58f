/**
 * The groups of somebody who has been authenticated: `system:authenticated` comes last, unless they are the anonymous user
 * or one of the two groups is there. Source: Kubernetes apiserver/pkg/authentication/group/authenticated_group_adder.go.
 */
export function addAuthenticatedGroup(username: string, groups: readonly string[]): readonly string[] {
  const decided =
    username === 'system:anonymous' ||
    groups.includes('system:authenticated') ||
    groups.includes('system:unauthenticated');
  return decided ? groups : [...groups, 'system:authenticated'];
}
