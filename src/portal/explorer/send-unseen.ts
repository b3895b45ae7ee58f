import type { ServerResponse } from 'node:http';
import { type Page, toText, unseenPage } from '../../../views/index.ts';
import { sendHtml } from '../../http/index.ts';
import type { Unseen } from './beholder.ts';

const STATUS: Readonly<Record<Unseen, number>> = { cluster: 404, nobody: 200, delegated: 200, notAs: 403 };

/** Says why a page about rights has nothing to show. */
export function sendUnseen(res: ServerResponse, page: Page, why: Unseen): void {
  sendHtml(res, STATUS[why], toText(unseenPage(page, why)));
}
