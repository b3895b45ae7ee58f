import { RE2JS } from 're2js';
import { type CelProgram, compileProgram } from '../../cel/index.ts';
import { isReservedClaim } from './reserved-claims.ts';

/** What the operator decides about the people and the claims of one client; in the shape of the configuration. */
export interface ClientPolicyConfig {
  /** Only members of one of these may sign in; everybody when absent. */
  readonly allowedGroups?: readonly string[] | undefined;
  /** Only who passes all of them may sign in. */
  readonly claimValidationRules?: readonly ClaimValidationRule[] | undefined;
  readonly groupFilter?: GroupFilter | undefined;
  /** Ids of the connectors whose people may sign in, `local` among them for the accounts kept here; empty or absent: all. */
  readonly allowedConnectors?: readonly string[] | undefined;
  readonly claimMappings?: readonly ClaimMapping[] | undefined;
}

/** Which groups the client's tokens name: those that begin so, or match the pattern (RE2) as a whole. */
export type GroupFilter = { readonly prefix: string } | { readonly pattern: string };

/** In the shape of Kubernetes' AuthenticationConfiguration. */
export interface ClaimValidationRule {
  /** CEL over `claims`: whether the account may sign in. */
  readonly expression: string;
  /** What is said to whoever may not. */
  readonly message: string;
}

export interface ClaimMapping {
  readonly claim: string;
  /** CEL over `claims`. */
  readonly expression: string;
}

/** The claims that a client's mappings set: no scope stands for some of them. */
export const mappedClaims = ({ claimMappings = [] }: ClientPolicyConfig): readonly string[] =>
  claimMappings.map(({ claim }) => claim);

export interface ClientPolicy {
  readonly allowedGroups: readonly string[] | undefined;
  allowsConnector(id: string): boolean;
  readonly rules: readonly { readonly message: string; readonly program: CelProgram }[];
  passesFilter(group: string): boolean;
  readonly mappings: readonly { readonly claim: string; readonly program: CelProgram }[];
}

/** A policy that can't be used: says which part of it and why. */
export class ClientPolicyError extends Error {
  readonly code = 'SP_IDENTITY_CLIENT_CONFIG';
}

/** @throws ClientPolicyError */
export function createClientPolicy(config: ClientPolicyConfig): ClientPolicy {
  const { allowedGroups, claimValidationRules = [], groupFilter, claimMappings = [] } = config;
  const connectors = new Set(config.allowedConnectors);
  const seen = new Set<string>();
  for (const { claim } of claimMappings) {
    if (isReservedClaim(claim)) throw new ClientPolicyError(`the claim ${claim} cannot be set`);
    if (seen.has(claim)) throw new ClientPolicyError(`the claim ${claim} is set twice`);
    seen.add(claim);
  }
  return {
    allowedGroups,
    allowsConnector: (id) => connectors.size === 0 || connectors.has(id),
    rules: claimValidationRules.map(({ expression, message }, index) => ({
      message,
      program: compileRule(index, expression),
    })),
    passesFilter: createFilter(groupFilter),
    mappings: claimMappings.map(({ claim, expression }) => ({ claim, program: compile(claim, expression) })),
  };
}

function createFilter(filter: GroupFilter | undefined): ClientPolicy['passesFilter'] {
  if (filter === undefined) return () => true;
  if ('prefix' in filter) return (group) => group.startsWith(filter.prefix);
  const pattern = RE2JS.compile(filter.pattern);
  return (group) => pattern.matches(group);
}

function compile(what: string, expression: string): CelProgram {
  const program = compileProgram(expression, 'claims');
  if (typeof program === 'string') throw new ClientPolicyError(`the expression of ${what}: ${program}`);
  return program;
}

function compileRule(index: number, expression: string): CelProgram {
  const program = compile(`claimValidationRules[${index}]`, expression);
  if (!program.isBool)
    throw new ClientPolicyError(`the expression of claimValidationRules[${index}] is neither true nor false`);
  return program;
}
