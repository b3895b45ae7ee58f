import { compileTables, measureCompile } from './compile.ts';
import { decisionsTable, measureDecisions } from './decisions.ts';
import { enginesTable, measureEngines } from './engines.ts';
import { explainTable, measureExplain } from './explain.ts';

export function printDecisions(): void {
  console.log(
    'A decision beside a linear evaluator, Kubernetes’ own way (256 callers with 5 groups, 1 024 different requests; warm: ' +
      'asked before; own UserInfo: no two requests share one; first: asked anew after a change of the policy)',
  );
  console.table(decisionsTable(measureDecisions()));
}

export async function printEngines(): Promise<void> {
  console.log(
    'The same policy and requests in engines that a user might pick instead (namespaces as domains, no names or wildcards)',
  );
  console.table(enginesTable(await measureEngines()));
}

export function printCompile(): void {
  const compiled = compileTables(measureCompile());
  console.log(
    '100 000 bindings and 10 000 ClusterRoles compiled, beside a plain Map that only keeps them (heap after collection)',
  );
  console.table(compiled.compile);
  console.log('One change of that policy and a decision after it, beside compiling it anew');
  console.table(compiled.changes);
}

export function printExplain(): void {
  console.log('Why a request was refused, at 100 000 bindings large in one respect each (worst of all: max)');
  console.table(explainTable(measureExplain()));
}
