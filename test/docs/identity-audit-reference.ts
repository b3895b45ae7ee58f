import { eventMembers, identityActions } from '../../src/identity/audit/index.ts';
import { markdownTable } from './markdown-table.ts';

const INTRODUCTION = `<!-- Made from src/identity/audit by test/docs/identity-audit-reference.ts; UPDATE_DOCS=1 npx vitest run --project unit test/docs -->

# Events of the identity provider

What [\`audit\`](configuration.md#audit) writes and sends; [how to record it](../how-to/audit.md#what-people-do-at-the-identity-provider).
A log has one JSON object a line, a webhook gets \`IdentityEventList\` objects with them as \`items\`. Members may be added within a
version; whoever reads events ignores those that it does not know. No event holds a password, a token, a code, a cookie or a login
that is nobody's; the ids in it are hashes with which nothing can be redeemed.
`;

const rows = (table: Readonly<Record<string, string>>) =>
  Object.entries(table).map(([name, meaning]) => [`\`${name}\``, meaning]);

/** The text of docs/reference/identity-audit.md. */
export function identityAuditReference(): string {
  return `${INTRODUCTION}
${markdownTable([['member', 'meaning'], ...rows(eventMembers)])}

## Actions

${markdownTable([['action', 'meaning'], ...rows(identityActions)])}
`;
}
