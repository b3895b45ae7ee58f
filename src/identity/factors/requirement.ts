import type { Account } from '../accounts/accounts.ts';
import { localConnector } from '../claims/subjects.ts';
import { type FactorKind, missingLevel, passedKinds, recovery } from './methods.ts';

/** What an operator demands of a sign-in. */
export interface Requirement {
  /** Each of them, in this order. */
  readonly kinds: readonly FactorKind[];
  /** Some second factor. */
  readonly any: boolean;
}

/** In the shape of Dex's `mfa`, with a member of ours. */
export interface MfaConfig {
  readonly authenticators: readonly Authenticator[];
  /** Ids of authenticators; for clients without an `mfaChain` of their own. */
  readonly defaultMFAChain: readonly string[];
  /** Whose members need a second factor wherever they sign in to. */
  readonly requiredForGroups: readonly string[];
}

export interface Authenticator {
  readonly id: string;
  readonly type: FactorKind;
  /** Types of connectors that it is for; all when absent. */
  readonly connectorTypes?: readonly string[] | undefined;
  readonly config: {
    /** The name that an authenticator app shows (TOTP). */
    readonly issuer?: string | undefined;
    readonly rpDisplayName?: string | undefined;
    readonly userVerification?: 'required' | 'preferred' | 'discouraged' | undefined;
    readonly authenticatorAttachment?: 'platform' | 'cross-platform' | undefined;
  };
}

/** What matters of somebody: their groups, and where they sign in elsewhere. */
export type FactorPerson = Pick<Account, 'groups' | 'upstream'>;

export interface FactorPolicy {
  /**
   * @param clientIds those that the tokens are for
   */
  required(person: FactorPerson, clientIds: readonly string[]): Requirement;
  /** What the person could be asked for, whatever they sign in to. */
  requiredAnywhere(person: FactorPerson): Requirement;
}

export interface ChainedClient {
  readonly id: string;
  /** Ids of authenticators. Absent: the default, empty: none, as in Dex. */
  readonly mfaChain?: readonly string[] | undefined;
}

/** Asked anew each time. */
export interface ChainedClients {
  of(id: string): ChainedClient | undefined;
  all(): readonly ChainedClient[];
}

/** Of those that are for people of connectors of this type. */
function kindsOfAuthenticators(
  authenticators: readonly Authenticator[],
  connectorType: string,
): ReadonlyMap<string, FactorKind> {
  const applicable = authenticators.filter(
    ({ connectorTypes }) => connectorTypes?.includes(connectorType) ?? true,
  );
  return new Map(applicable.map(({ id, type }) => [id, type]));
}

export function createFactorPolicy(
  { authenticators, defaultMFAChain, requiredForGroups }: MfaConfig,
  clients: ChainedClients,
): FactorPolicy {
  /** By the type of a connector: the kind of each authenticator that is for its people. */
  const kinds = new Map<string, ReadonlyMap<string, FactorKind>>();
  const groupsOfRule = new Set(requiredForGroups);
  const chainOf = (client: ChainedClient | undefined) => client?.mfaChain ?? defaultMFAChain;

  function kindsFor({ upstream }: FactorPerson): ReadonlyMap<string, FactorKind> {
    const type = upstream?.type ?? localConnector;
    const known = kinds.get(type) ?? kindsOfAuthenticators(authenticators, type);
    kinds.set(type, known);
    return known;
  }

  function rule(person: FactorPerson, chains: readonly (readonly string[])[]): Requirement {
    const known = kindsFor(person);
    return {
      kinds: [...new Set(chains.flat().flatMap((id) => known.get(id) ?? []))],
      any: person.groups.some((group) => groupsOfRule.has(group)),
    };
  }

  return {
    required: (person, clientIds) =>
      rule(
        person,
        clientIds.map((id) => chainOf(clients.of(id))),
      ),
    requiredAnywhere: (person) => rule(person, [defaultMFAChain, ...clients.all().map(chainOf)]),
  };
}

/** What a sign-in still has to pass: one of the kinds of each entry, in this order. */
export function missingFactors(
  { kinds, any }: Requirement,
  amr: readonly string[],
  { asked, all }: { readonly asked: readonly string[]; readonly all: readonly FactorKind[] },
): readonly (readonly FactorKind[])[] {
  const passed = passedKinds(amr);
  const recovered = amr.includes(recovery);
  const level = missingLevel(amr, asked);
  const inOrder = recovered ? [] : kinds.filter((kind) => !passed.has(kind)).map((kind) => [kind]);
  const some = (any || level === 'mfa') && !amr.includes('mfa') ? [all] : [];
  // A client may ask for what nobody can do here, and gets what there is (OpenID Connect Core §5.5.1.1).
  const resistant = level === 'phr' && !recovered && all.includes('WebAuthn') ? [['WebAuthn' as const]] : [];
  return [...inOrder, ...(inOrder.length === 0 ? some : []), ...resistant];
}

export type FactorStep =
  /** One of these is enrolled and has to be shown; or a recovery code. */
  | { readonly type: 'verify'; readonly kinds: readonly FactorKind[] }
  /** One of these has to be enrolled. */
  | { readonly type: 'enrol'; readonly kinds: readonly FactorKind[] };

/**
 * What a sign-in has to do next; undefined when it is done. Whoever has a factor is asked for it, required or not; and for
 * one that they have before they may enrol another (else a password would do to get around it).
 */
export function nextStep(
  requirement: Requirement,
  amr: readonly string[],
  enrolled: ReadonlySet<FactorKind>,
  { asked, usable }: { readonly asked: readonly string[]; readonly usable: readonly FactorKind[] },
): FactorStep | undefined {
  const all = [...new Set([...usable, ...enrolled])];
  const demanded = { ...requirement, any: requirement.any || enrolled.size > 0 };
  const [wanted] = missingFactors(demanded, amr, { asked, all });
  if (wanted === undefined) return undefined;
  const have = wanted.filter((kind) => enrolled.has(kind));
  if (have.length > 0) return { type: 'verify', kinds: have };
  if (enrolled.size > 0 && !amr.includes('mfa')) return { type: 'verify', kinds: [...enrolled] };
  return { type: 'enrol', kinds: wanted };
}
