import { type Row, watching } from './matrix-rows.ts';

const PODS = '/api/v1/namespaces/default/pods';
const COUNTER = `GET ${PODS}/counter`;
const EVENTS = 'GET /api/v1/namespaces/default/events';
const CHANNELS = 'over v5.channel.k8s.io → 101';
const BOTH = 'container=c&stderr=true&stdout=true';

/** What streams, and comes to its end. */
export const copying: readonly Row[] = [
  ['apply -f counter.yaml', /counter created/],
  [
    'wait --for=condition=Ready pod/counter --timeout=30s',
    /condition met/,
    watching(PODS, 'counter', [COUNTER]),
  ],
  // Whether there is a directory of this name is asked before.
  [
    'cp pod.yaml counter:/tmp/pod.yaml',
    /^$/,
    [
      `${COUNTER} as protobuf`,
      `${COUNTER}/exec?command=test&command=-d&command=/tmp/pod.yaml&${BOTH} ${CHANNELS}`,
      `${COUNTER} as protobuf`,
      `${COUNTER}/exec?command=tar&command=-xmf&command=-&command=-C&command=/tmp&container=c&stderr=true&stdin=true&stdout=true ${CHANNELS}`,
    ],
  ],
  ['exec counter -- cat /tmp/pod.yaml', /kind: Pod/],
  [
    'cp counter:/tmp/pod.yaml pod.yaml',
    /./,
    [
      `${COUNTER} as protobuf`,
      `${COUNTER}/exec?command=tar&command=cf&command=-&command=/tmp/pod.yaml&${BOTH} ${CHANNELS}`,
    ],
  ],
];

/** What somebody says at a terminal, what must be printed there and asked, and the exit code: 130 of what ends with ^C. */
export type StreamingRow = readonly [command: string, said: RegExp, asked: readonly string[], code: 0 | 130];

export const streaming: readonly StreamingRow[] = [
  [
    'get pods -w',
    /counter\s+1\/1\s+Running/,
    [`GET ${PODS}?limit=500 as Table`, `GET ${PODS}?resourceVersion=<resourceVersion>&watch=true as Table`],
    130,
  ],
  ['events -w', /Scheduled/, [`${EVENTS}?limit=500&watch=true as protobuf`], 130],
  [
    'logs counter -c c -f --tail=1 --timestamps',
    /Z line \d+/,
    [COUNTER, `${COUNTER}/log?container=c&follow=true&tailLines=1&timestamps=true`],
    130,
  ],
  // A terminal has one output.
  [
    'exec -it counter -- tty',
    /\/dev\/pts\/0/,
    [COUNTER, `${COUNTER}/exec?command=tty&container=c&stdin=true&stdout=true&tty=true ${CHANNELS}`],
    0,
  ],
  [
    'attach -i counter',
    /try pressing enter/,
    [COUNTER, `${COUNTER}/attach?container=c&stderr=true&stdin=true&stdout=true ${CHANNELS}`],
    130,
  ],
  [
    'port-forward counter :80',
    /Forwarding from 127\.0\.0\.1/,
    [COUNTER, `${COUNTER} as protobuf`, `${COUNTER}/portforward over SPDY/3.1+portforward.k8s.io → 101`],
    130,
  ],
];
