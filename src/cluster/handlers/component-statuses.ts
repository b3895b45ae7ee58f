import type { KubeObject } from '../resources/index.ts';
import type { HandlerContext } from './handler-context.ts';

/**
 * How scheduler, controllers and storage are: whether they run here, and whether the store answers.
 * Source: Kubernetes pkg/registry/core/componentstatus, pkg/registry/core/rest servers.
 */
export async function componentStatuses({ deps }: HandlerContext): Promise<readonly KubeObject[]> {
  const { runsControllers = false, runsPods = false } = deps;
  const store = await deps.store.get('cluster').then(
    () => undefined,
    (error: Error) => error.message,
  );
  return [
    statusOf('controller-manager', runsControllers ? undefined : unreached(10257)),
    statusOf('etcd-0', store),
    statusOf('scheduler', runsPods ? undefined : unreached(10259)),
  ];
}

/** As of a component that nobody has started. */
function unreached(port: number): string {
  const address = `127.0.0.1:${port}`;
  return `Get "https://${address}/healthz": dial tcp ${address}: connect: connection refused`;
}

function statusOf(name: string, problem: string | undefined): KubeObject {
  const status = problem === undefined ? 'True' : 'False';
  const condition = { type: 'Healthy', status, message: problem ?? 'ok' };
  return { kind: 'ComponentStatus', apiVersion: 'v1', metadata: { name }, conditions: [condition] };
}
