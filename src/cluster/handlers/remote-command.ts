import { badRequest } from '../../kube/index.ts';
import type { Container } from '../node/index.ts';
import {
  acceptRemoteCommand,
  type RemoteOutcome,
  type RemoteStreams,
  type StreamChoice,
} from '../streaming/index.ts';
import type { Call, Handler, HandlerContext } from './handler-context.ts';
import { findPodContainer } from './pod-container.ts';
import { reviewConnect } from './review-object.ts';
import { answerRefusal, requireUpgrade, upgradeFailure } from './upgraded.ts';

/** GET or POST of pods/exec: a command in a container, its streams on the client's connection. */
export const exec: Handler = (context, call) =>
  runRemote(context, call, (container, streams, { tty }) =>
    container.exec(call.query.all('command'), streams, tty),
  );

/** GET or POST of pods/attach: the streams of a container's main process. */
export const attach: Handler = (context, call) =>
  runRemote(context, call, (container, streams) => container.attach(streams));

async function runRemote(
  context: HandlerContext,
  call: Call,
  run: (container: Container, streams: RemoteStreams, choice: StreamChoice) => Promise<RemoteOutcome>,
): Promise<void> {
  await reviewConnect(context, call, optionsOf(call));
  const { container: name, nodeName } = await findPodContainer(context, call);
  if (nodeName === '') throw badRequest(`pod ${call.name} does not have a host assigned`);
  const choice = readChoice(call);
  if (call.subresource === 'exec' && call.query.all('command').length === 0) {
    throw badRequest('you must specify at least one command for the container');
  }
  const offer = requireUpgrade(call);
  const container = context.node?.find(call.namespace, call.name)?.find(name);
  if (container?.state().type !== 'running')
    throw upgradeFailure(`container not found (${JSON.stringify(name)})`);
  const session = context.sessions.open(call.request.user.username);
  try {
    await answerRefusal(call, async () => {
      const streams = await acceptRemoteCommand(offer, call.request.headers, choice, context.closing);
      if (streams === undefined) return;
      const outcome = await run(container, streams, choice).catch((error: unknown): RemoteOutcome => {
        context.deps.log.error({ err: error }, 'a simulated command failed');
        return { failure: 'the simulated command failed' };
      });
      await streams.finish(outcome);
    });
  } finally {
    session.close();
  }
}

/** PodExecOptions or PodAttachOptions. Source: core/v1. */
function optionsOf({ query, subresource }: Call): Record<string, unknown> {
  const flags = ['stdin', 'stdout', 'stderr', 'tty'].filter((name) => query.bool(name) === true);
  const container = query.text('container');
  return {
    ...Object.fromEntries(flags.map((name) => [name, true])),
    ...(container !== '' && { container }),
    ...(subresource === 'exec' && { command: query.all('command') }),
  };
}

/** Source: kubelet cri/streaming/remotecommand NewOptions; apiserver conversion of PodExecOptions. */
function readChoice({ query }: Call): StreamChoice {
  const wants = (name: string) => query.bool(name) ?? false;
  const tty = wants('tty');
  const choice = { stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') && !tty, tty };
  if (!choice.stdin && !choice.stdout && !choice.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return choice;
}
