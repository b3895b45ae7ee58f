import type { Request, Response } from 'express';
import type { ClientAddressRequest } from '../../http/index.ts';
import type { UserPasswords } from '../accounts/users/user-passwords.ts';
import { hashOf } from '../provider/stored-model.ts';
import type { Current } from './current-interaction.ts';
import { type Forms, field } from './forms.ts';
import { type NewPasswordRefusal, readNewPassword, sendNewPasswordForm, trySetting } from './new-password.ts';
import type { PageContext } from './page-context.ts';
import { requestId } from './request-id.ts';

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
  /**
   * Sets the new password that came with the sign-in, or answers with the form for one. That form signs in again, with
   * the new password beside the old: nothing has to be kept in between.
   * @returns whether the sign-in may go on; else the request is answered
   */
  pass(req: Request, res: Response, current: Current, accountId: string): Promise<boolean>;
}

export function createMustChange(deps: MustChangeDeps): MustChange {
  const { context, forms, users } = deps;

  function show(req: Request, res: Response, { client, path, place }: Current, why?: NewPasswordRefusal) {
    const view = {
      proof: 'password',
      app: client.clientName ?? client.clientId,
      action: `${path}/login`,
      abortAction: `${path}/abort`,
      csrf: forms.token(req),
      username: field(req, 'username') ?? '',
      remember: field(req, 'remember') === 'yes',
      minLength: deps.minLength,
    } as const;
    sendNewPasswordForm(res, context.page(req, place), view, why);
  }

  return {
    async pass(req, res, current, accountId) {
      if (field(req, 'new-password') === undefined) {
        show(req, res, current);
        return false;
      }
      const next = readNewPassword(req);
      if (typeof next !== 'string') {
        show(req, res, current, next);
        return false;
      }
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
      if (refusal !== undefined) show(req, res, current, refusal);
      return refusal === undefined;
    },
  };
}
