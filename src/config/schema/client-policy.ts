import { RE2JS } from 're2js';
import { z } from 'zod';
import { compileProgram } from '../../cel/index.ts';

const group = z.string().min(1, 'expected the name of a group');

export const allowedGroups = z
  .array(group)
  .min(1, 'expected at least one group; to let in everybody, remove the key')
  .optional()
  .meta({
    description:
      'Only members of one of these may sign in; looked at again at each refresh. Whoever may not is told which groups would do.',
    whenAbsent: 'everybody',
  });

const pattern = z.string().superRefine((text, context) => {
  try {
    RE2JS.compile(text);
  } catch (error) {
    const { message } = error as Error;
    context.addIssue({ code: 'custom', message: `no pattern that RE2 takes: ${message}` });
  }
});

export const groupFilter = z
  .strictObject({
    prefix: z
      .string()
      .min(1)
      .optional()
      .describe('Groups that begin so. One of `prefix` and `pattern` is needed.'),
    pattern: pattern.optional().describe('Groups that match this pattern (RE2) as a whole.'),
  })
  .transform(({ prefix, pattern: text }, context) => {
    if (prefix !== undefined && text === undefined) return { prefix };
    if (text !== undefined && prefix === undefined) return { pattern: text };
    context.addIssue({ code: 'custom', message: 'expected prefix or pattern' });
    return z.NEVER;
  })
  .optional()
  .meta({ description: "Which groups reach the client's tokens.", whenAbsent: 'all' });

const expression = z.string().superRefine((text, context) => {
  const program = compileProgram(text, 'claims');
  if (typeof program !== 'string') return;
  for (const [, place, problem] of program.matchAll(/^ERROR: <input>:(\d+:\d+): (.*)$/gm)) {
    context.addIssue({ code: 'custom', message: `CEL, at ${place} of the expression: ${problem}` });
  }
});

const truth = expression.refine((text) => {
  const program = compileProgram(text, 'claims');
  return typeof program === 'string' || program.isBool;
}, 'expected an expression that is true or false, such as claims.email_verified == true');

export const claimValidationRules = z
  .array(
    z.strictObject({
      expression: truth.describe(
        'CEL over `claims`, all groups included. True: the account may sign in. When it fails, it may not.',
      ),
      message: z.string().min(1).max(500).describe('What the page says to whoever may not sign in.'),
    }),
  )
  .default([])
  .describe(
    "Only who passes all of these may sign in; looked at again at each refresh. As in Kubernetes' AuthenticationConfiguration.",
  );

/** Who may set a claim at all is identity's to say; what has no business here is said with line and column. */
const NEVER_SET = new Set(
  'iss sub aud exp iat nbf jti nonce auth_time azp acr amr at_hash c_hash s_hash sid cnf act scope client_id __proto__'.split(
    ' ',
  ),
);

export const claimMappings = z
  .array(
    z.strictObject({
      claim: z
        .string()
        .min(1)
        .refine(
          (name) => !NEVER_SET.has(name),
          'this claim says who issued the token, for whom and how: it cannot be set',
        )
        .describe(
          'The claim to set, a new one or one of the account’s. One that a scope stands for needs the scope.',
        ),
      expression: expression.describe(
        'CEL over `claims`, as in AuthenticationConfiguration. `null`: the claim is left out. When it fails, the sign-in is refused.',
      ),
    }),
  )
  .default([])
  .refine(
    (mappings) => new Set(mappings.map(({ claim }) => claim)).size === mappings.length,
    'a claim is set twice',
  )
  .describe("What the client's tokens say, in place of or beside the account's own claims.");
