import type { AuditEvent, AuditObjectRef, AuditUser } from './audit-event.ts';

const API_VERSION = 'audit.k8s.io/v1';

/** An audit log that cannot be read; the message says where. */
export class AuditLogError extends Error {
  override readonly name = 'AuditLogError';
  /** From 1; undefined when the text is one EventList. */
  readonly line: number | undefined;

  constructor(place: string, problem: string, line?: number) {
    super(`${place}: ${problem}`);
    this.line = line;
  }
}

/**
 * Reads audit events of audit.k8s.io/v1: one JSON object a line, as kube-apiserver's log backend writes them, or an
 * EventList, as its webhook sends them. Empty lines are skipped; members that matter to nobody here are not looked at.
 * @throws AuditLogError for the first line that is no event
 */
export function readAuditEvents(text: string): AuditEvent[] {
  const body = text.replace(/^\uFEFF/, '');
  const whole = parseJson(body);
  if (whole !== undefined) {
    const { kind } = asObject(whole.value) ?? {};
    return kind === 'EventList' ? eventsOf(whole.value) : [decode(whole.value, 'line 1', 1)];
  }
  const events: AuditEvent[] = [];
  for (const [index, line] of body.split('\n').entries()) {
    if (line.trim() !== '') {
      const parsed = parseJson(line);
      if (parsed === undefined) {
        throw new AuditLogError(`line ${index + 1}`, 'is not JSON', index + 1);
      }
      events.push(decode(parsed.value, `line ${index + 1}`, index + 1));
    }
  }
  return events;
}

function eventsOf(list: unknown): AuditEvent[] {
  const { apiVersion, items } = asObject(list) ?? {};
  if (apiVersion !== API_VERSION) {
    throw new AuditLogError('EventList', `apiVersion must be ${API_VERSION}`);
  }
  if (!Array.isArray(items)) {
    throw new AuditLogError('EventList', 'items must be a list');
  }
  // Items of a list carry neither kind nor apiVersion.
  return items.map((item, index) =>
    decode({ kind: 'Event', apiVersion, ...asObject(item) }, `items[${index}]`),
  );
}

// The text itself is in no message: a log may hold secrets.
function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

function decode(value: unknown, place: string, line?: number): AuditEvent {
  const fields = asObject(value) ?? {};
  const fail = (problem: string): never => {
    throw new AuditLogError(place, problem, line);
  };
  if (fields['kind'] !== 'Event' || fields['apiVersion'] !== API_VERSION) {
    fail(`is not an Event of ${API_VERSION}`);
  }
  const text = (from: Fields, member: string): string => {
    const found = from[member] ?? '';
    return typeof found === 'string' ? found : fail(`${member} must be a string`);
  };
  const user = (member: string): AuditUser | undefined => {
    const from = asObject(fields[member]);
    return (
      from && {
        username: text(from, 'username'),
        uid: text(from, 'uid'),
        groups: strings(from['groups']) ?? fail(`${member}.groups must be a list of strings`),
        extra: extraOf(from['extra']) ?? fail(`${member}.extra must hold lists of strings`),
      }
    );
  };
  const { code } = asObject(fields['responseStatus']) ?? {};
  const constraint = asObject(fields['authenticationMetadata'])?.['impersonationConstraint'];
  return {
    stage: text(fields, 'stage'),
    requestURI: text(fields, 'requestURI'),
    verb: text(fields, 'verb'),
    user: user('user'),
    impersonatedUser: user('impersonatedUser'),
    impersonationConstraint: typeof constraint === 'string' ? constraint : undefined,
    objectRef: objectRefOf(asObject(fields['objectRef']), text),
    code: typeof code === 'number' ? code : undefined,
    annotations: textsOf(asObject(fields['annotations']) ?? {}),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function objectRefOf(
  from: Fields | undefined,
  text: (from: Fields, member: string) => string,
): AuditObjectRef | undefined {
  return (
    from && {
      apiGroup: text(from, 'apiGroup'),
      resource: text(from, 'resource'),
      subresource: text(from, 'subresource'),
      namespace: text(from, 'namespace'),
      name: text(from, 'name'),
    }
  );
}

function asObject(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function strings(value: unknown): string[] | undefined {
  const list = value ?? [];
  return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : undefined;
}

function extraOf(value: unknown): Record<string, string[]> | undefined {
  const entries = Object.entries(asObject(value ?? {}) ?? {}).map(
    ([key, list]) => [key, strings(list)] as const,
  );
  const known = entries.flatMap(([key, list]) => (list === undefined ? [] : [[key, list] as const]));
  return known.length === entries.length ? Object.fromEntries(known) : undefined;
}

function textsOf(from: Fields): Record<string, string> {
  return Object.fromEntries(
    Object.entries(from).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}
