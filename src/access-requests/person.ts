import type { UserInfo } from '../kube/index.ts';

/** Somebody as the gateway knows them; what is kept of them in a request. */
export interface Person {
  readonly username: string;
  readonly uid?: string;
  /** Who really asked, where somebody acted as this user. */
  readonly impersonator?: Omit<Person, 'impersonator'>;
}

/** Who acts: as whom the request runs, and who sent it. */
export interface ActingUser {
  readonly user: UserInfo;
  /** The same as `user` unless somebody acts as another. */
  readonly caller: UserInfo;
}

export function personOf({ user, caller }: ActingUser): Person {
  const acting = identityOf(user);
  const real = identityOf(caller);
  return isSame(acting, real) ? acting : { ...acting, impersonator: real };
}

/**
 * Whether one of those who are behind the one is behind the other, too: the user, and who acts as that user. Names that
 * differ in case only count as the same: somebody's e-mail address is written in more than one way.
 */
export function isSamePerson(a: Person, b: Person): boolean {
  return behind(a).some((one) => behind(b).some((other) => isSame(one, other)));
}

function behind({ impersonator, ...person }: Person): Omit<Person, 'impersonator'>[] {
  return impersonator === undefined ? [person] : [person, impersonator];
}

function isSame(a: Person, b: Person): boolean {
  if (a.uid !== undefined && a.uid !== '' && a.uid === b.uid) return true;
  return folded(a.username) === folded(b.username);
}

function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function identityOf({ username, uid }: UserInfo): Omit<Person, 'impersonator'> {
  return uid === undefined || uid === '' ? { username } : { username, uid };
}
