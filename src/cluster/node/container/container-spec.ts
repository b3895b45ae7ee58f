import { type Json, objectsIn, textIn } from '../json.ts';

/** What the simulation reads of a container in a pod's spec. */
export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** What is to be run, as far as the spec says: command and args. */
  readonly commandLine: readonly string[];
  readonly hasCommand: boolean;
  readonly env: ReadonlyMap<string, string>;
  readonly workingDir: string;
  readonly stdin: boolean;
  readonly stdinOnce: boolean;
  readonly tty: boolean;
  /** TCP ports that it declares. */
  readonly ports: readonly number[];
  /** An init container that keeps running beside the others. */
  readonly isSidecar: boolean;
}

/** @param fields what `valueFrom.fieldRef` may refer to, by path */
export function readContainerSpec(container: Json, fields: ReadonlyMap<string, string>): ContainerSpec {
  const command = texts(container['command']);
  return {
    name: textIn(container, 'name'),
    image: textIn(container, 'image'),
    commandLine: [...command, ...texts(container['args'])],
    hasCommand: command.length > 0,
    env: readEnv(container, fields),
    workingDir: textIn(container, 'workingDir') || '/',
    stdin: container['stdin'] === true,
    stdinOnce: container['stdinOnce'] === true,
    tty: container['tty'] === true,
    ports: objectsIn(container, 'ports')
      .filter((port) => (port['protocol'] ?? 'TCP') === 'TCP')
      .map((port) => Number(port['containerPort'])),
    isSidecar: container['restartPolicy'] === 'Always',
  };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Values and the pod's own fields; what would come from a ConfigMap or Secret is left out. */
function readEnv(container: Json, fields: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const env = new Map([['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']]);
  env.set('HOSTNAME', fields.get('metadata.name') ?? '');
  env.set('HOME', '/root');
  for (const variable of objectsIn(container, 'env')) {
    const source = variable['valueFrom'] as Json | undefined;
    const path = textIn((source?.['fieldRef'] as Json | undefined) ?? {}, 'fieldPath');
    const value = source === undefined ? textIn(variable, 'value') : fields.get(path);
    if (value !== undefined) env.set(textIn(variable, 'name'), value);
  }
  return env;
}
