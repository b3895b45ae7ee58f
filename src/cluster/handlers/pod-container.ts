import { badRequest, notFound } from '../../kube/index.ts';
import { type Json, objectIn, objectsIn, textIn } from '../node/index.ts';
import type { Call, HandlerContext } from './handler-context.ts';

export interface PodContainer {
  readonly pod: Json;
  /** The one that was asked for, or the only one. */
  readonly container: string;
  /** '' when the pod has none yet. */
  readonly nodeName: string;
}

/** The pod of a streaming request. Throws StatusError 404. */
export async function findPod(context: HandlerContext, call: Call): Promise<Json> {
  const found = await context.objects.objects.get(call.type, call.namespace, call.name);
  if (found === undefined) throw notFound(call.type, call.name);
  return found.object;
}

/**
 * The container that a request means. Throws StatusError 404 or 400.
 * Source: Kubernetes pkg/registry/core/pod/strategy.go validateContainer.
 */
export async function findPodContainer(context: HandlerContext, call: Call): Promise<PodContainer> {
  const pod = await findPod(context, call);
  const spec = objectIn(pod, 'spec');
  const named = (list: string) => objectsIn(spec, list).map((each) => textIn(each, 'name'));
  const containers = named('containers');
  const initContainers = named('initContainers');
  const nodeName = textIn(spec, 'nodeName');
  const asked = call.query.text('container');
  if (asked !== '') {
    const all = [...containers, ...initContainers, ...named('ephemeralContainers')];
    if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${call.name}`);
    return { pod, container: asked, nodeName };
  }
  const [only = '', ...others] = containers;
  if (others.length === 0) return { pod, container: only, nodeName };
  const inits =
    initContainers.length > 0 ? ` or one of the init containers: [${initContainers.join(' ')}]` : '';
  throw badRequest(
    `a container name must be specified for pod ${call.name}, choose one of: [${containers.join(' ')}]${inits}`,
  );
}
