import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { type AuditEvent, AuditLogError, readAuditEvents } from '../rbac/index.ts';
import { type CommandOption, UsageError } from './command.ts';

export const auditLogOption: CommandOption = {
  type: 'string',
  multiple: true,
  value: 'FILE',
  description: 'Audit log of a kube-apiserver, in JSON (- is standard input); may be repeated',
};

/**
 * The events of all logs.
 * @throws UsageError that names the file, and the line that is no event
 */
export async function readAuditLogs(files: readonly string[]): Promise<AuditEvent[]> {
  const logs = await Promise.all(files.map(readAuditLog));
  return logs.flat();
}

async function readAuditLog(file: string): Promise<AuditEvent[]> {
  const content = file === '-' ? await text(process.stdin) : await readNamed(file);
  try {
    return readAuditEvents(content);
  } catch (error) {
    if (!(error instanceof AuditLogError)) throw error;
    throw new UsageError(`${file === '-' ? 'standard input' : file}: ${error.message}`);
  }
}

function readNamed(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${file}: ${error.code ?? 'unknown error'}`);
  });
}
