import { encodeGoJson, encodeStatus, type StatusError } from '../../kube/index.ts';
import type { StoreEvent } from '../../store/index.ts';
import type { ListQuery } from '../handlers/list-query.ts';
import { presentEvent, type View } from '../handlers/present.ts';
import { groupVersionOf, type KubeObject, type ResourceType } from '../resources/index.ts';
import type { LineWriter } from './line-writer.ts';
import { sharedLine } from './shared-line.ts';
import { watchChange } from './watch-change.ts';

export interface EventWriter {
  /** Returns the bytes of its line. @param object as read from the store */
  added(object: KubeObject): number;
  change(event: StoreEvent, query: ListQuery): void;
  bookmark(revision: number, annotations?: Record<string, string>): void;
  error(failure: StatusError): void;
}

/**
 * Turns events into the lines of one client's representation.
 * @param now milliseconds since the epoch
 */
export function createEventWriter(
  type: ResourceType,
  view: View,
  writer: LineWriter,
  now: () => number,
): EventWriter {
  let isFirst = true;

  function show(event: string, source: object, objectOf: () => KubeObject): number {
    const isTable = view.as === 'Table';
    const columns = isTable && isFirst;
    isFirst = false;
    const at = now();
    const shape = isTable ? `Table ${view.includeObject} ${columns}` : view.as;
    const variant = `${event} ${type.version} ${shape}`;
    // Only Tables show a time: the age, which is in whole seconds as all timestamps are.
    const second = isTable ? Math.floor(at / 1000) : 0;
    const make = () =>
      line(event, encodeGoJson(presentEvent(type, objectOf(), { ...view, now: at }, columns)));
    const bytes = sharedLine(source, variant, second, make);
    writer.push(bytes);
    return bytes.length;
  }

  return {
    added: (object) => show('ADDED', object, () => object),
    change(event, query) {
      const change = watchChange(type, event, query);
      if (change !== undefined) show(change.type, change.source, change.object);
    },
    bookmark(revision, annotations) {
      const metadata = {
        resourceVersion: String(revision),
        ...(annotations === undefined ? {} : { annotations }),
      };
      const object = { kind: type.kind, apiVersion: groupVersionOf(type), metadata };
      show('BOOKMARK', object, () => object);
    },
    error: (failure) => writer.push(Buffer.from(line('ERROR', encodeStatus(failure.status).trimEnd()))),
  };
}

function line(type: string, json: string): string {
  return `{"type":"${type}","object":${json}}\n`;
}
