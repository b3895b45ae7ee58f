import { measureDecisions } from './decisions.ts';
import { measureGateway } from './gateway.ts';

/** `npm run bench`: each figure beside a reference in the same run, medians of at least five rounds. */
console.log('Decisions: index beside a linear evaluator (Kubernetes’ own way), per decision');
console.table(
  measureDecisions().map((row) => ({
    bindings: row.bindings,
    'index µs': (row.indexNs / 1000).toFixed(2),
    'linear µs': (row.linearNs / 1000).toFixed(2),
    'index ÷ linear': row.ratio.toFixed(4),
  })),
);

const rows = await measureGateway();
const reference = rows[0];
console.log(
  'Requests through the gateway beside a bare proxy hop (TLS in front, 32 connections, medians of 5 rounds)',
);
console.table(
  rows.map((row) => ({
    name: row.name,
    'requests/s': Math.round(row.requestsPerSecond),
    'CPU s per 10k': row.cpuPer10k.toFixed(2),
    'rate × hop': (row.requestsPerSecond / (reference?.requestsPerSecond ?? Number.NaN)).toFixed(2),
    'CPU × hop': (row.cpuPer10k / (reference?.cpuPer10k ?? Number.NaN)).toFixed(2),
  })),
);
