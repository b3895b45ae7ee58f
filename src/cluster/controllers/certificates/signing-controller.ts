import { timestamp } from '../../objects/object-context.ts';
import { type SigningRequest, signsFor, UnsignableError } from '../../signing/index.ts';
import { type Controller, type ControllerDeps, controllerOf } from '../controller.ts';
import { signingRequests } from '../kinds.ts';
import { removeObject, writeStatus } from '../writes.ts';
import { dueAt } from './cleaning.ts';

/**
 * Signs what was approved, and clears away what nobody needs any more.
 * Source: Kubernetes pkg/controller/certificates/signer, pkg/controller/certificates/cleaner.
 */
export const signingController: Controller = controllerOf({
  name: 'csrsigning-controller',
  account: 'certificate-controller',
  kind: signingRequests,
  follows: [],
  concerns: () => [],
  async reconcile(deps, request) {
    if (request.metadata.deletionTimestamp !== undefined) return undefined;
    if (isToBeSigned(request)) {
      await sign(deps, request);
      // What was written brings it up again.
      return undefined;
    }
    const restMs = dueAt(request) - deps.now();
    if (restMs > 0) return restMs;
    await removeObject(deps.context, signingRequests, request);
    return undefined;
  },
});

function isToBeSigned({ spec, status }: SigningRequest): boolean {
  const holds = (type: string) =>
    (status.conditions ?? []).some((each) => each.type === type && each.status === 'True');
  return (
    signsFor(spec.signerName) && holds('Approved') && !holds('Failed') && (status.certificate ?? '') === ''
  );
}

async function sign({ context, authority }: ControllerDeps, request: SigningRequest): Promise<void> {
  try {
    const certificate = await authority.sign(request);
    const status = { ...request.status, certificate: Buffer.from(certificate).toString('base64') };
    await writeStatus(context, signingRequests, request, status);
  } catch (error) {
    if (!(error instanceof UnsignableError)) throw error;
    const time = timestamp(context);
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: error.message,
      lastUpdateTime: time,
      lastTransitionTime: time,
    };
    const conditions = [...(request.status.conditions ?? []), failed];
    await writeStatus(context, signingRequests, request, { ...request.status, conditions });
  }
}
