import type { Page } from 'playwright-core';

/** Fills the sign-in page as a person does. */
export async function signIn(page: Page, login: string, password = 'password'): Promise<void> {
  await page.getByLabel(/e-mail|user name/i).fill(login);
  await page.getByLabel(/^password/i).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
