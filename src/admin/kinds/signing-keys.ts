import type { KubeObject } from '../../cluster/index.ts';
import { type KeyInfo, type KeyService, NoLeaderError } from '../../identity/index.ts';
import { serviceUnavailable } from '../../kube/index.ts';
import { ADMIN_GROUP, ADMIN_VERSION } from '../group.ts';
import type { AdminKind } from '../kind.ts';
import { kindType } from './kind-type.ts';
import { ageOf, defined, optionalBoolean, part, textOf, timestamp, uidOf } from './read.ts';
import { wholePage } from './whole-page.ts';

const signingKeyType = kindType({
  kind: 'SigningKey',
  resource: 'signingkeys',
  description:
    "A key that ID tokens are verified with; the name is its 'kid'. Its private half is shown to nobody.",
  verbs: ['get', 'list'],
  spec: { algorithm: { type: 'string', description: "JWS 'alg' (RFC 7518), for example RS256." } },
  status: {
    state: {
      type: 'string',
      description:
        'Published: known to verifiers, signs nothing yet. Signing. Retired: verifies what it has signed.',
    },
    since: { type: 'string', format: 'date-time', description: 'When it came into that state.' },
    until: { type: 'string', format: 'date-time', description: 'When it leaves it, as things stand.' },
  },
  columns: [
    { name: 'Name', description: "The 'kid'.", cell: ({ metadata }) => metadata.name ?? '' },
    { name: 'Algorithm', description: '', cell: (key) => textOf(part(key, 'spec'), 'algorithm') },
    { name: 'State', description: '', cell: (key) => textOf(part(key, 'status'), 'state') },
    { name: 'Since', description: '', cell: (key, now) => ageOf(part(key, 'status'), 'since', now) },
    { name: 'Until', description: '', cell: (key) => textOf(part(key, 'status'), 'until') || '<none>' },
  ],
});

const keyRotationType = kindType({
  kind: 'KeyRotation',
  resource: 'keyrotations',
  description:
    'Replaces the signing key at once: verifiers that do not look again for an unknown key refuse new tokens until their copy ' +
    'of the key set is too old. It is created and not kept; the answer comes when the leader among the processes has done it.',
  verbs: ['create'],
  spec: {
    revoke: {
      type: 'boolean',
      description: 'The keys there were verify nothing from now on, and every session ends. Default: false.',
    },
  },
  status: { signingKey: { type: 'string', description: 'The SigningKey that signs now.' } },
});

const states = { published: 'Published', signing: 'Signing', retired: 'Retired' } as const;

export function createSigningKeysKind(keys: Pick<KeyService, 'list'>): AdminKind {
  return {
    type: signingKeyType,
    list: async (query) => wholePage(keys.list().map(keyObject), query),
    async get(name) {
      const key = keys.list().find(({ kid }) => kid === name);
      return key && keyObject(key);
    },
  };
}

export function createKeyRotationsKind(keys: Pick<KeyService, 'rotate'>): AdminKind {
  return {
    type: keyRotationType,
    async create(wanted, { by, dryRun }) {
      const revoke = optionalBoolean(part(wanted, 'spec'), 'revoke') ?? false;
      const kid = dryRun ? undefined : await keys.rotate({ revoke, by }).catch(unavailable);
      return {
        kind: 'KeyRotation',
        apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
        metadata: defined({ name: kid, creationTimestamp: null }),
        spec: { revoke },
        status: defined({ signingKey: kid }),
      };
    },
  };
}

/** Who asks again asks the next leader. */
function unavailable(error: unknown): never {
  throw error instanceof NoLeaderError ? serviceUnavailable(error.message) : error;
}

function keyObject({ kid, alg, state, since, until }: KeyInfo): KubeObject {
  return {
    kind: 'SigningKey',
    apiVersion: `${ADMIN_GROUP}/${ADMIN_VERSION}`,
    metadata: { name: kid, uid: uidOf('SigningKey', kid), creationTimestamp: null },
    spec: { algorithm: alg },
    status: defined({ state: states[state], since: timestamp(since), until: timestamp(until) }),
  };
}
