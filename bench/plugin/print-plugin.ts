import { measureCachedToken } from './cached-token.ts';

export function printPlugin(): void {
  console.log(
    'kubectl-sallyport with a cached token, as kubectl runs it at each of its calls, beside an empty Node.js (wall time)',
  );
  const { plugin, node } = measureCachedToken();
  console.table([
    { program: 'kubectl-sallyport token', ms: plugin.toFixed(0) },
    { program: 'node -e 0', ms: node.toFixed(0) },
  ]);
}
