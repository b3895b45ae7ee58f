import { badRequest, StatusError } from '../../kube/index.ts';
import { UpgradeRefused } from '../streaming/index.ts';
import type { UpgradeOffer } from '../upgrade-offer.ts';
import type { Call } from './handler-context.ts';
import { send } from './respond.ts';

/** What a client asks for that only another protocol can carry. Throws StatusError 400. */
export function requireUpgrade({ request }: Call): UpgradeOffer {
  if (request.upgrade === undefined) throw badRequest('Upgrade request required');
  return request.upgrade;
}

/** Runs what accepts an upgrade, and answers plainly when no protocol can be agreed on. */
export async function answerRefusal({ response }: Call, accept: () => Promise<void>): Promise<void> {
  try {
    await accept();
  } catch (error) {
    if (!(error instanceof UpgradeRefused)) throw error;
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    send(response, error.code, 'text/plain; charset=utf-8', `${error.message}\n`);
  }
}

export function upgradeFailure(message: string): StatusError {
  const text = `unable to upgrade connection: ${message}`;
  return new StatusError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${text}`,
    reason: 'InternalError',
    details: { causes: [{ message: text }] },
    code: 500,
  });
}
