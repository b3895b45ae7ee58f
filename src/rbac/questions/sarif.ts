import type { ObjectName } from './grant.ts';
import { RULE_DESCRIPTIONS } from './lint/all-rules.ts';
import type { Finding, Severity } from './lint/finding.ts';

/** Where an object is written; line and column from 1. */
export interface SourcePlace {
  /** Path with slashes, relative to the directory that is reported on, or absolute. */
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
}

export interface SarifOptions {
  /** The product's version. */
  readonly version: string;
  readonly locate?: ((object: ObjectName) => SourcePlace | undefined) | undefined;
}

export interface SarifText {
  readonly text: string;
}

export type SarifLevel = 'error' | 'warning' | 'note';

/** The parts of a SARIF 2.1.0 log that are used here. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

export interface SarifRun {
  readonly tool: { readonly driver: SarifDriver };
  readonly columnKind: 'utf16CodeUnits';
  readonly results: readonly SarifResult[];
}

export interface SarifDriver {
  readonly name: string;
  readonly version: string;
  readonly rules: readonly SarifRule[];
}

export interface SarifRule {
  readonly id: string;
  readonly shortDescription: SarifText;
  readonly help: SarifText;
  readonly defaultConfiguration: { readonly level: SarifLevel };
  /** What code scanning sorts by. */
  readonly properties: { readonly 'security-severity': string; readonly tags: readonly string[] };
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: SarifLevel;
  readonly message: SarifText;
  readonly locations: readonly SarifLocation[];
  /** The same for the same finding in every run, wherever in its file the object has moved. */
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly properties: { readonly severity: Severity };
}

export interface SarifLocation {
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string };
    readonly region: { readonly startLine: number; readonly startColumn?: number };
  };
  readonly logicalLocations: readonly {
    readonly name: string;
    readonly kind: 'object';
    readonly fullyQualifiedName: string;
  }[];
}

const LEVELS: Readonly<Record<Severity, SarifLevel>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.0',
};

/** The findings as a SARIF 2.1.0 log (OASIS), for code scanning. Findings without a place have the object's name only. */
export function toSarif(findings: readonly Finding[], { version, locate }: SarifOptions): SarifLog {
  const indexes = new Map(RULE_DESCRIPTIONS.map(({ id }, index) => [id, index]));
  const rules = RULE_DESCRIPTIONS.map(
    ({ id, title, severity, remedy }): SarifRule => ({
      id,
      shortDescription: { text: `${title}.` },
      help: { text: remedy },
      defaultConfiguration: { level: LEVELS[severity] },
      properties: { 'security-severity': SCORES[severity], tags: ['security', 'kubernetes', 'rbac'] },
    }),
  );
  const results = findings.map((finding): SarifResult => {
    const { rule, severity, object, field = '', message, remedy } = finding;
    return {
      ruleId: rule,
      ruleIndex: indexes.get(rule) ?? -1,
      level: LEVELS[severity],
      message: { text: `${qualifiedName(object)}${field === '' ? '' : ` ${field}`}: ${message} ${remedy}` },
      locations: [locationOf(object, locate?.(object))],
      partialFingerprints: { 'rbacObject/v1': `${qualifiedName(object)}#${field}#${rule}` },
      properties: { severity },
    };
  });
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      { tool: { driver: { name: 'Sallyport', version, rules } }, columnKind: 'utf16CodeUnits', results },
    ],
  };
}

/** `Role dev/reader`, `ClusterRole admin`. */
function qualifiedName({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

function locationOf(object: ObjectName, place: SourcePlace | undefined): SarifLocation {
  const logical = { name: object.name, kind: 'object', fullyQualifiedName: qualifiedName(object) } as const;
  if (place === undefined) {
    return { logicalLocations: [logical] };
  }
  const column = place.column === undefined ? {} : { startColumn: place.column };
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(place.file) },
      region: { startLine: place.line, ...column },
    },
    logicalLocations: [logical],
  };
}

function uriOf(file: string): string {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return file.startsWith('/') ? `file://${path}` : path;
}
