/** The paths of an `audit` section, of either door. */
interface AuditPaths {
  readonly log?: { readonly path: string } | undefined;
  readonly webhook?: { readonly configFile: string } | undefined;
}

/** Makes the paths absolute. @param at finds a path that is relative to the configuration file */
export function resolveAudit<Audit extends AuditPaths>(audit: Audit, at: (path: string) => string): Audit {
  const { log, webhook } = audit;
  return {
    ...audit,
    ...(log === undefined ? {} : { log: { ...log, path: log.path === '-' ? log.path : at(log.path) } }),
    ...(webhook === undefined ? {} : { webhook: { ...webhook, configFile: at(webhook.configFile) } }),
  };
}
