import type Provider from 'oidc-provider';
import type { Adapter, Client, KoaContextWithOIDC } from 'oidc-provider';
import type { ClientMetadata } from '../clients/client-metadata.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { OpenRegistration } from './open-registration.ts';

const refuse = async () => {
  throw new Error('the provider only reads clients');
};

/** Where the provider looks for a client that is not configured. It writes none: they register elsewhere. */
export function createClientAdapter(registered: Pick<OpenRegistration, 'metadata'>): Adapter {
  return {
    find: async (id) => asPayload(await registered.metadata(id)),
    upsert: refuse,
    destroy: refuse,
    consume: refuse,
    findByUid: refuse,
    findByUserCode: refuse,
    revokeByGrantId: refuse,
  };
}

const asPayload = (metadata: ClientMetadata | undefined) => metadata && { ...metadata };

/** Has the provider compare the hash of a registered client's secret, and tell when somebody got tokens by one. */
export function serveRegisteredClients(provider: Provider, { used }: Pick<OpenRegistration, 'used'>): void {
  const { prototype } = provider.Client;
  const { compareClientSecret } = prototype;
  prototype.compareClientSecret = function compareHashes(this: Client, secret) {
    return compareClientSecret.call(this, this['registered'] === true ? hashOf(secret) : secret);
  };
  provider.use(async (ctx: KoaContextWithOIDC, next) => {
    await next();
    const client = ctx.oidc?.client;
    if (ctx.oidc?.route === 'token' && ctx.status === 200 && client?.['registered'] === true)
      await used(client.clientId);
  });
}
