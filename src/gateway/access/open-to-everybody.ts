import type { Attributes, Decision } from '../../kube/index.ts';
import { whenAnswered } from '../delegate/index.ts';

/** What Kubernetes' default roles open, each with a path that stands for it. */
const PATHS: ReadonlyMap<string, string> = new Map([
  ['/', '/'],
  ['/api/*', '/api/x'],
  ['/apis/*', '/apis/x'],
  ['/openapi/*', '/openapi/x'],
  ['/healthz', '/healthz'],
  ['/version', '/version'],
]);

/**
 * Which paths anybody with a valid token may get. Kubernetes' default bindings give discovery of the Kubernetes API to
 * everybody (`system:discovery`, `system:public-info-viewer`); another service may keep something else at those paths.
 */
export async function openToEverybody(authorize: (attributes: Attributes) => Decision): Promise<string[]> {
  const user = { username: 'nobody', groups: ['system:authenticated'] };
  const question = { user, verb: 'get', isResourceRequest: false, apiGroup: '', apiVersion: '' };
  const rest = { resource: '', subresource: '', namespace: '', name: '' };
  return await whenAnswered(() =>
    [...PATHS].flatMap(([shown, path]) =>
      authorize({ ...question, ...rest, path }).decision === 'allow' ? [shown] : [],
    ),
  );
}
