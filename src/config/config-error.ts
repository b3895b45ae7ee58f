/** One fault in a configuration file: where it is, what is wrong, what was expected. */
export interface ConfigFault {
  readonly file: string;
  /** 1-based; undefined when the whole file is at fault (missing, unreadable). */
  readonly line?: number;
  readonly column?: number;
  /** Dotted path of the key, for example `staticClients[0].redirectURIs`. */
  readonly path: string;
  readonly message: string;
}

/** The configuration can't be used. Carries every fault, not only the first. */
export class ConfigError extends Error {
  readonly code = 'SP_CONFIG';
  readonly faults: readonly ConfigFault[];

  constructor(faults: readonly ConfigFault[]) {
    super(faults.map(renderFault).join('\n'));
    this.faults = faults;
  }
}

function renderFault(fault: ConfigFault): string {
  const place = fault.line === undefined ? fault.file : `${fault.file}:${fault.line}:${fault.column}`;
  return fault.path === '' ? `${place}: ${fault.message}` : `${place}: ${fault.path}: ${fault.message}`;
}
