import { CommandError } from '../command.ts';
import { chooseOutput, jsonText, renderTable, yamlText } from '../output/index.ts';
import type { AdminObject, Form, Resource } from './admin-client.ts';
import type { VerbCall } from './verbs.ts';

const SINGULAR: Readonly<Record<Resource, string>> = {
  accessrequests: 'accessrequest',
  clusteraccessrequests: 'clusteraccessrequest',
  users: 'user',
  groups: 'group',
  sessions: 'session',
  signingkeys: 'signingkey',
  keyrotations: 'keyrotation',
  oauthclients: 'oauthclient',
};

/** Source: apimachinery/pkg/apis/meta/v1 Table, as far as it is printed. */
interface ServerTable {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** Prints what is asked for: the server's table, or the objects as they are. */
export async function printObjects(
  { values, host }: VerbCall,
  resource: Resource,
  ask: (form: Form) => Promise<unknown>,
): Promise<void> {
  const { format, headers } = chooseOutput(values, ['name']);
  if (format === 'table' || format === 'wide') {
    const { columnDefinitions, rows } = asTable(await ask('table'));
    if (rows.length === 0) return void host.stderr.write('No resources found\n');
    const table = {
      columns: columnDefinitions.map(({ name, priority }) => ({
        header: name.toUpperCase(),
        ...(priority > 0 ? ({ wide: true } as const) : {}),
      })),
      rows: rows.map(({ cells }) => cells.map((cell) => String(cell ?? ''))),
    };
    return void host.stdout.write(renderTable(table, { wide: format === 'wide', headers }));
  }
  const answer = await ask('object');
  if (format === 'json') return void host.stdout.write(jsonText(answer));
  if (format === 'yaml') return void host.stdout.write(yamlText(answer));
  const { items = [answer as AdminObject] } = answer as { items?: readonly AdminObject[] };
  for (const item of items) host.stdout.write(`${nameText(resource, item)}\n`);
}

/** Prints what has been done, as kubectl does: the object as it is now, or that it was done. */
export function printDone(
  { values, host }: Pick<VerbCall, 'values' | 'host'>,
  resource: Resource,
  object: AdminObject,
  done: string,
): void {
  const { format } = chooseOutput(values, ['name']);
  if (format === 'json') host.stdout.write(jsonText(object));
  else if (format === 'yaml') host.stdout.write(yamlText(object));
  else host.stdout.write(`${nameText(resource, object)}${format === 'name' ? '' : ` ${done}`}\n`);
}

function nameText(resource: Resource, { metadata }: AdminObject): string {
  return `${SINGULAR[resource]}.sallyport.dev/${metadata.name}`;
}

function asTable(value: unknown): ServerTable {
  const { columnDefinitions, rows } = value as Partial<ServerTable>;
  if (!Array.isArray(columnDefinitions) || !Array.isArray(rows))
    throw new CommandError("the server's answer is no table");
  return { columnDefinitions, rows };
}
