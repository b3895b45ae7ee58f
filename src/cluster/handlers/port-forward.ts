import { badRequest } from '../../kube/index.ts';
import { createEchoServer, objectIn, type SimulatedPod, textIn } from '../node/index.ts';
import { type ForwardedPorts, servePortForward } from '../streaming/index.ts';
import type { Handler } from './handler-context.ts';
import { findPod } from './pod-container.ts';
import { reviewConnect } from './review-object.ts';
import { answerRefusal, requireUpgrade, upgradeFailure } from './upgraded.ts';

/** GET or POST of pods/portforward: connections to a pod's ports, many on the client's one. */
export const portForward: Handler = async (context, call) => {
  const numbers = call.query.all('ports').flatMap((text) => text.split(',').map(Number));
  await reviewConnect(context, call, numbers.length === 0 ? {} : { ports: numbers });
  const pod = await findPod(context, call);
  if (textIn(objectIn(pod, 'spec'), 'nodeName') === '') {
    throw badRequest(`pod ${call.name} does not have a host assigned`);
  }
  const offer = requireUpgrade(call);
  const running = context.node?.find(call.namespace, call.name);
  if (running?.phase() !== 'Running') throw upgradeFailure('pod is not running');
  const session = context.sessions.open(call.request.user.username);
  const closing = AbortSignal.any([context.closing, running.over]);
  try {
    await answerRefusal(call, () =>
      servePortForward(
        offer,
        call.request.headers,
        numbers,
        portsOf(running, call.name, call.namespace),
        closing,
      ),
    );
  } finally {
    session.close();
  }
};

/** The ports that containers declare answer; the others are closed. */
function portsOf(pod: SimulatedPod, name: string, namespace: string): ForwardedPorts {
  return {
    async connect(port, stream) {
      const isOpen = pod.containers.some(
        ({ spec, state }) => spec.ports.includes(port) && state().type === 'running',
      );
      if (!isOpen) {
        const cause = `failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}`;
        return (
          `error forwarding port ${port} to pod ${name}_${namespace}, uid ${pod.uid}: ` +
          `failed to execute portforward in network namespace: ${cause}: connect: connection refused`
        );
      }
      await createEchoServer(name, port).serve(stream);
      return undefined;
    },
  };
}
