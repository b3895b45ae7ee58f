import type { Request, Response } from 'express';
import type Provider from 'oidc-provider';
import { type Client, errors, type Interaction } from 'oidc-provider';
import type { PageContext, PagePlace } from './page-context.ts';

/** An interaction that belongs to the browser and to the address. */
export interface Current {
  readonly interaction: Interaction;
  readonly client: Client;
  /** Path of the interaction's pages. */
  readonly path: string;
  /** How its pages are to be shown. */
  readonly place: Required<PagePlace>;
}

export interface CurrentDeps {
  readonly provider: Provider;
  readonly context: PageContext;
}

/** @throws errors.SessionNotFound when the browser has no such interaction */
export async function currentInteraction(
  { provider, context }: CurrentDeps,
  req: Request,
  res: Response,
): Promise<Current> {
  const interaction = await provider.interactionDetails(req, res);
  const client = await provider.Client.find(String(interaction.params['client_id']));
  if (interaction.uid !== req.params['uid'] || client === undefined) {
    throw new errors.SessionNotFound('interaction and address differ');
  }
  const path = `${context.base}/interaction/${interaction.uid}`;
  return { interaction, client, path, place: { uiLocales: interaction.params['ui_locales'], at: path } };
}
