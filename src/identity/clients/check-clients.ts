import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import { ClientConfigError, type ClientMetadata } from './client-metadata.ts';

/**
 * Has the provider look at clients that it does not have yet.
 * @throws ClientConfigError
 */
export function checkMetadata(provider: Provider, clients: readonly ClientMetadata[]): void {
  for (const metadata of clients) {
    try {
      Reflect.construct(provider.Client, [structuredClone(metadata)]);
    } catch (error) {
      if (!(error instanceof errors.InvalidClientMetadata)) throw error;
      throw new ClientConfigError(`client ${metadata.client_id}: ${error.error_description}`, {
        cause: error,
      });
    }
  }
}

/**
 * Has the provider look at every client at the start. By itself it looks when somebody signs in, who then sees an error page.
 * @throws ClientConfigError
 */
export async function checkClients(provider: Provider, clients: readonly ClientMetadata[]): Promise<void> {
  for (const { client_id } of clients) {
    try {
      await provider.Client.find(client_id);
    } catch (error) {
      if (!(error instanceof errors.InvalidClientMetadata)) throw error;
      throw new ClientConfigError(`client ${client_id}: ${error.error_description}`, { cause: error });
    }
  }
}
