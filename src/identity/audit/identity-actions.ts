/** What can be tried, and what an event of it tells besides. A dotted name says on what kind of thing. */
export const identityActions = {
  'sign-in':
    'Credentials were presented. `detail`: what they are, `pwd` (RFC 8176), `passkey`, or `connector:<id>`; `reason`: `unknownAccount`, `wrongPassword`, `disabled`, `wrong` (of a passkey), `throttled`, `busy`; of a connector `denied`, `refused` (it says yes to somebody who does not come in here), `invalid` (its answer proves nothing), `unreachable`',
  'connector.refuse':
    'A connector was asked about a person again at a refresh, and they come in no more. `detail`: `connector:<id>`; `reason`: `denied`, `refused`',
  'sign-out': 'A person ended the session of their browser',
  consent: 'A person let a client have what it asks for',
  authorize: 'A client was given a code, or is told why not (`reason`: an OAuth error)',
  'authorize.push': 'A client pushed an authorization request (RFC 9126)',
  'device.authorize': 'A device asked for a code (RFC 8628)',
  'device.approve': 'A person let a device in. `detail`: the address of the device',
  'device.deny': 'A person refused a device. `detail`: the address of the device',
  'token.issue': 'A client was given tokens, or not. `detail`: the grant type; `reason`: an OAuth error',
  'token.revoke': 'A client gave a token back (RFC 7009)',
  'token.introspect': 'A client may not ask about a token',
  'session.end':
    'A session ended before its time: with `sid`, one with a client; else that of a browser. `detail`: `signOut`, `replaced` (somebody else signed in), `revocation`, `reuse` (a code or a refresh token came a second time), `account` (disabled, deleted, another password), `keys` (all were revoked), `client` (a registered one that was removed, or not used for too long), `request` (of an operator or the person), `unused`',
  userinfo: 'An access token was not taken',
  'password.change': 'A person chose another password',
  'password.rehash': 'A password’s hash was renewed at a sign-in',
  'password.set': 'An operator set a password',
  'password.reset': 'A person chose a password by the code of a reset',
  'reset.issue': 'An operator made a reset for a person',
  'factor.totp': 'A code of an authenticator app was presented as a second factor',
  'factor.passkey': 'A passkey was presented as a second factor',
  'factor.recovery': 'A recovery code was presented as a second factor',
  'factor.add': 'A person added a second factor',
  'factor.rename': 'A person gave a second factor another name',
  'factor.remove': 'A person removed a second factor',
  'factor.recovery-codes': 'A person made new recovery codes',
  'factor.reset': 'An operator took all second factors of a person away',
  'client.register':
    'An application registered itself as a client, or tried to (RFC 7591). `reason`: an OAuth error',
  'client.create': 'An operator made a client. `detail`: what it is, key by key',
  'client.update':
    'A client changed what it had registered (RFC 7592), or an operator one that was made so. `detail`, of the latter: each key that changed, with what it was and is',
  'client.rotate-secret': 'An operator gave a client another secret',
  'client.delete': 'A client that is not configured was removed, by itself or by an operator',
  'user.create': 'A user was created',
  'user.update': 'A user was changed',
  'user.disable': 'A user was disabled',
  'user.enable': 'A user was enabled',
  'user.delete': 'A user was deleted',
  'group.create': 'A group was created',
  'group.update': 'A group was changed',
  'group.delete': 'A group was deleted',
  'key.rotate':
    'Another key signs, `subject`. `detail`: `due`, `request` or `revocation` (the keys before verify nothing any more)',
  'access.request':
    'Somebody asked for a role for a while. `subject`, of all of these: the request, as `namespace/name`, behind the name of a cluster that has one; `detail`: who is to get what, and for how long',
  'access.approve':
    'Somebody approved a request, or may not (`reason`: `forbidden`, `conflict`: it was decided, or is over)',
  'access.deny': 'Somebody denied a request',
  'access.revoke': 'A request, or what it had granted, was revoked',
  'access.expire': 'A request was not decided in time, or what it had granted has run out',
  'access.delete': 'A request was deleted, and with it what it had granted',
  'configuration.reload':
    'Changed keys of the configuration file that need no restart were put in force, or not (`reason`: `clientConfig`, `accountConflict`)',
} as const;

export type IdentityAction = keyof typeof identityActions;

/** In the order of the trail's reference. */
export const identityActionNames = Object.keys(identityActions) as readonly IdentityAction[];
