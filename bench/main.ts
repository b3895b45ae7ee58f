import { printCluster } from './cluster/print-cluster.ts';
import { printSoak, printWatches } from './gateway/print-crowds.ts';
import { printRequests } from './gateway/print-requests.ts';
import { printIdentity } from './identity/print-identity.ts';
import { printPlugin } from './plugin/print-plugin.ts';
import { printCompile, printDecisions, printEngines, printExplain } from './print-policy.ts';

/** Each prints its figures beside a reference in the same run, medians of several rounds. */
const BENCHES: Readonly<Record<string, () => void | Promise<void>>> = {
  decisions: printDecisions,
  engines: printEngines,
  compile: printCompile,
  explain: printExplain,
  requests: printRequests,
  watches: printWatches,
  soak: printSoak,
  identity: printIdentity,
  cluster: printCluster,
  plugin: printPlugin,
};

/** `npm run bench`: all of them; `npm run bench -- requests soak`: these. */
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
for (const [name, print] of Object.entries(BENCHES)) {
  if (asked.length === 0 || asked.includes(name)) await print();
}
