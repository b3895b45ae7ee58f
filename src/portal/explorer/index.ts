/**
 * The pages about rights beyond one question: everything that somebody may do, who may do something, what manifests would
 * change, what was refused recently. Owns their addresses and how answers are put in lines; what the answers are, and who may
 * know them, is the gateway's.
 */
import type { OwnAccess } from '../../gateway/index.ts';
import type { PageHost } from '../../identity/index.ts';
import type { ServingProcess } from '../serving-process.ts';
import { createBeholders } from './beholder.ts';
import { addChangesPage } from './changes-page.ts';
import { addDenialsPage } from './denials-page.ts';
import { addRightsPage } from './rights-page.ts';
import { addWhoPage } from './who-page.ts';

export interface ExplorerPagesDeps {
  readonly host: PageHost;
  /** By name; undefined is the cluster without one. */
  readonly clusters: ReadonlyMap<string | undefined, OwnAccess>;
  readonly process: ServingProcess;
}

export function addExplorerPages({ host, clusters, process }: ExplorerPagesDeps): void {
  const beholders = createBeholders({ host, clusters });
  addRightsPage(host, beholders);
  addWhoPage(host, beholders);
  addChangesPage(host, beholders);
  addDenialsPage(host, beholders, process);
}
