import recorded from '../data/table-columns.json' with { type: 'json' };
import { type ColumnDefinition, groupVersionOf, type ResourceType } from '../resources/index.ts';

const columns: ReadonlyMap<string, readonly ColumnDefinition[]> = new Map(
  Object.entries(recorded).map(([path, specs]) => [path, specs.map(parse)]),
);

/** The Table columns of a type; those of a kind without a printer when none are recorded. */
export function columnsOf(type: ResourceType): readonly ColumnDefinition[] {
  if (type.own !== undefined) return type.own.columns;
  const prefix = type.group === '' ? 'api' : 'apis';
  return columns.get(`${prefix}/${groupVersionOf(type)}/${type.resource}`) ?? plainColumns;
}

const plainColumns = ['Name:string(name)', 'Created At:date'].map(parse);

/** Reads `Name:type(format)*priority`; the last two parts are optional. */
function parse(spec: string): ColumnDefinition {
  const [, name = '', type = '', format = '', priority = '0'] =
    /^(.+):(\w+)(?:\((\w+)\))?(?:\*(\d+))?$/.exec(spec) ?? [];
  return { name, type, format, description: '', priority: Number(priority) };
}
