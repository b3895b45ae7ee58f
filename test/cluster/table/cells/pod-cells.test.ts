import { describe, expect, it } from 'vitest';
import { ago, meta, row } from '../support.ts';

describe('pods', () => {
  const running = { state: { running: {} }, ready: true, restartCount: 0, name: 'c' };
  const waiting = (reason: string) => ({
    state: { waiting: { reason } },
    ready: false,
    restartCount: 0,
    name: 'c',
  });
  const spec = { containers: [{ name: 'c' }] };
  const pod = (status: object, more: object = {}, metadata: object = {}) => ({
    metadata: { ...meta('p', 300), ...metadata },
    spec: { ...spec, ...more },
    status,
  });
  const sidecar = { initContainers: [{ name: 'i', restartPolicy: 'Always' }] };

  it.each([
    ['a running pod', pod({ phase: 'Running', containerStatuses: [running] }), '1/1', 'Running'],
    ['a new pod', pod({ phase: 'Pending' }), '0/1', 'Pending'],
    [
      'a failing image',
      pod({ phase: 'Pending', containerStatuses: [waiting('ImagePullBackOff')] }),
      '0/1',
      'ImagePullBackOff',
    ],
    ['an evicted pod', pod({ phase: 'Failed', reason: 'Evicted' }), '0/1', 'Evicted'],
    [
      'a pod being deleted',
      pod({ phase: 'Running', containerStatuses: [running] }, {}, { deletionTimestamp: ago(1) }),
      '1/1',
      'Terminating',
    ],
    [
      'a finished pod being deleted',
      pod({ phase: 'Succeeded' }, {}, { deletionTimestamp: ago(1) }),
      '0/1',
      'Succeeded',
    ],
    [
      'a pod of a lost node',
      pod({ phase: 'Running', reason: 'NodeLost' }, {}, { deletionTimestamp: ago(1) }),
      '0/1',
      'Unknown',
    ],
    [
      'a completed pod',
      pod({
        phase: 'Succeeded',
        containerStatuses: [{ name: 'c', state: { terminated: { reason: 'Completed', exitCode: 0 } } }],
      }),
      '0/1',
      'Completed',
    ],
    [
      'an exit code',
      pod({ phase: 'Failed', containerStatuses: [{ name: 'c', state: { terminated: { exitCode: 3 } } }] }),
      '0/1',
      'ExitCode:3',
    ],
    [
      'a signal',
      pod({
        phase: 'Failed',
        containerStatuses: [{ name: 'c', state: { terminated: { signal: 9, exitCode: 137 } } }],
      }),
      '0/1',
      'Signal:9',
    ],
    [
      'an init container at work',
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }] },
        { initContainers: [{ name: 'i' }] },
      ),
      '0/1',
      'Init:0/1',
    ],
    [
      'an init container that failed',
      pod(
        {
          phase: 'Pending',
          initContainerStatuses: [{ name: 'i', state: { terminated: { reason: 'Error', exitCode: 1 } } }],
        },
        { initContainers: [{ name: 'i' }] },
      ),
      '0/1',
      'Init:Error',
    ],
    [
      'a sidecar beside a container',
      pod(
        {
          phase: 'Running',
          containerStatuses: [running],
          initContainerStatuses: [{ name: 'i', started: true, ready: true, state: { running: {} } }],
        },
        sidecar,
      ),
      '2/2',
      'Running',
    ],
    [
      'a gated pod',
      pod({
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      }),
      '0/1',
      'SchedulingGated',
    ],
  ])('show %s', (_name, object, ready, status) => {
    expect(row('/v1/pods', object)).toMatchObject({ Ready: ready, Status: status, Age: '5m' });
  });

  it('show restarts with the time of the last one, and the wide columns', () => {
    const status = {
      phase: 'Running',
      podIP: '10.1.0.4',
      containerStatuses: [
        { ...running, restartCount: 2, lastState: { terminated: { finishedAt: ago(90) } } },
      ],
    };
    expect(row('/v1/pods', pod(status, { nodeName: 'n1' }))).toEqual({
      Name: 'p',
      Ready: '1/1',
      Status: 'Running',
      Restarts: '2 (90s ago)',
      Age: '5m',
      IP: '10.1.0.4',
      Node: 'n1',
      'Nominated Node': '<none>',
      'Readiness Gates': '<none>',
    });
  });
});
