/** What a test says of a request, and the line that kube-apiserver would log for it. */
export interface LoggedRequest {
  readonly as: string;
  readonly groups?: readonly string[];
  readonly verb: string;
  /** `pods`, `pods/log`, `deployments.apps/scale`. */
  readonly on?: string;
  readonly ns?: string;
  readonly name?: string;
  readonly path?: string;
  readonly to?: {
    readonly username: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  };
  readonly constraint?: string;
  readonly stage?: string;
  readonly code?: number;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function auditObject(request: LoggedRequest): Record<string, unknown> {
  const { as, groups = ['system:authenticated'], verb, on, ns, name, path = '/', to, code = 200 } = request;
  const [full = '', subresource] = (on ?? '').split('/');
  const [resource, ...group] = full.split('.');
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: 'c0ffee',
    stage: request.stage ?? 'ResponseComplete',
    requestURI: path,
    verb,
    user: { username: as, groups },
    ...(to === undefined ? {} : { impersonatedUser: to }),
    ...(request.constraint === undefined
      ? {}
      : { authenticationMetadata: { impersonationConstraint: request.constraint } }),
    sourceIPs: ['192.0.2.1'],
    ...(on === undefined
      ? {}
      : {
          objectRef: {
            resource,
            apiGroup: group.join('.'),
            apiVersion: 'v1',
            subresource,
            namespace: ns,
            name,
          },
        }),
    responseStatus: { metadata: {}, code },
    ...(request.annotations === undefined ? {} : { annotations: request.annotations }),
  };
}

export function auditLog(requests: readonly LoggedRequest[]): string {
  return requests.map((request) => `${JSON.stringify(auditObject(request))}\n`).join('');
}
