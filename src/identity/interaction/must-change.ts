import type { Request, Response } from 'express';
import { type ClientAddressRequest, seeOther } from '../../http/index.ts';
import { longestLogin } from '../accounts/login.ts';
import type { UserPasswords } from '../accounts/users/user-passwords.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { Current } from './current-interaction.ts';
import { type Forms, field } from './forms.ts';
import { readNewPassword, sendNewPasswordForm, trySetting } from './new-password.ts';
import type { PageContext } from './page-context.ts';
import { backWith, type PageNotice, takeNotice } from './page-notice.ts';
import { requestId } from './request-id.ts';

declare module 'express-session' {
  interface SessionData {
    /** Whose right password has to be replaced before a sign-in goes on. That they have shown it is not kept: they show it again. */
    mustChange: {
      /** Hash of the interaction's id. */
      readonly interaction: string;
      readonly username: string;
      readonly remember: boolean;
    };
  }
}

export interface MustChangeDeps {
  readonly context: PageContext;
  readonly forms: Forms;
  readonly users: Pick<UserPasswords, 'changePassword'>;
  /** Of a new password. */
  readonly minLength: number;
  clientAddress(req: ClientAddressRequest): string;
}

/** The step between a right password that has to be replaced and the end of the sign-in. */
export interface MustChange {
  /** The form for a new password. It signs in again, with the new password beside the old. */
  show(req: Request, res: Response, current: Current): void;
  /**
   * Sets the new password that came with the sign-in, or leads to the form for one.
   * @returns whether the sign-in may go on; else the request is answered
   */
  pass(req: Request, res: Response, current: Current, accountId: string): Promise<boolean>;
  /** The path of the form's page, where it is what was sent. */
  sentFrom(req: Request, current: Current): string | undefined;
}

const pathOf = ({ path }: Current) => `${path}/new-password`;

export function createMustChange(deps: MustChangeDeps): MustChange {
  const { context, forms, users } = deps;

  function knownTo(req: Request, { interaction }: Current) {
    const known = req.session.mustChange;
    return known?.interaction === hashOf(interaction.uid) ? known : undefined;
  }

  function show(req: Request, res: Response, current: Current): void {
    const { client, path, place } = current;
    const known = knownTo(req, current);
    if (known === undefined) {
      seeOther(res, path);
      return;
    }
    const view = {
      proof: 'password',
      app: client.clientName ?? client.clientId,
      action: `${path}/login`,
      abortAction: `${path}/abort`,
      csrf: forms.token(req),
      username: known.username,
      remember: known.remember,
      minLength: deps.minLength,
    } as const;
    const page = context.page(req, { ...place, at: pathOf(current) });
    sendNewPasswordForm(res, page, view, takeNotice(req, pathOf(current)));
  }

  /** On to the form, which says what was wrong with the one before. */
  function ask(req: Request, res: Response, current: Current, notice?: PageNotice): false {
    req.session.mustChange = {
      interaction: hashOf(current.interaction.uid),
      username: (field(req, 'username') ?? '').slice(0, longestLogin),
      remember: field(req, 'remember') === 'yes',
    };
    if (notice === undefined) seeOther(res, pathOf(current));
    else backWith(req, res, pathOf(current), notice);
    return false;
  }

  return {
    show,
    sentFrom(req, current) {
      const isSent = field(req, 'new-password') !== undefined && knownTo(req, current) !== undefined;
      return isSent ? pathOf(current) : undefined;
    },
    async pass(req, res, current, accountId) {
      if (field(req, 'new-password') === undefined) return ask(req, res, current);
      const next = readNewPassword(req);
      if (typeof next !== 'string') return ask(req, res, current, next);
      const by = {
        name: accountId,
        client: current.client.clientId,
        address: deps.clientAddress(req),
        requestId: requestId(req),
        interaction: hashOf(current.interaction.cid),
      };
      const change = { current: field(req, 'password') ?? '', next };
      const refusal = await trySetting('password', () =>
        users.changePassword(accountId, change, by, { endOthers: true }),
      );
      return refusal === undefined || ask(req, res, current, refusal);
    },
  };
}
