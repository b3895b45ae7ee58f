/**
 * What people see: server-rendered pages, their texts and their style sheet. The scripts are for passkeys, for copying and for
 * showing a password that is typed; no page needs one for anything else.
 * Owns markup and words. Decides nothing: every value on a page is handed in.
 */

export { accentStyles } from './accent.ts';
export { type AccessView, accessPage } from './access.ts';
export {
  type AccountApplication,
  type AccountFactor,
  type AccountSession,
  type AccountView,
  accountPage,
} from './account.ts';
export {
  type AdminFormView,
  type AdminFrame,
  type AdminListView,
  type AdminObjectView,
  adminListPage,
  adminObjectPage,
  adminRefusedPage,
} from './admin.ts';
export { type AdminEventsView, adminEventsPage } from './admin-events.ts';
export {
  type AdminFindingsView,
  type AdminPolicyView,
  adminFindingsPage,
  adminPolicyPage,
  type PolicyFrame,
} from './admin-policy.ts';
export { type AdminSourcesView, adminSourcesPage } from './admin-sources.ts';
export { type AdminValueType, adminValue } from './admin-value.ts';
export { copyScriptUrl, iconUrl, passkeyScriptUrl, passwordScriptUrl, stylesheetUrls } from './assets.ts';
export { type ChangeLine, type ChangesView, changesPage } from './changes.ts';
export { type ConnectView, clustersPage, connectPage } from './connect.ts';
export { type ConsentView, consentPage } from './consent.ts';
export { continuePage } from './continue.ts';
export { type DenialsView, denialsPage } from './denials.ts';
export {
  type DeviceCodeView,
  type DeviceConfirmView,
  deviceCodePage,
  deviceConfirmPage,
  deviceDonePage,
} from './device.ts';
export { type EnrolView, enrolPage, recoveryCodesPage } from './enrol.ts';
export { type ErrorView, errorPage } from './error.ts';
export { type FactorView, factorPage } from './factor.ts';
export { type HomeAccount, type HomeView, homePage } from './home.ts';
export { type Content, escapeHtml, type Html, html, toText } from './html.ts';
export { layout, type Page, type Site } from './layout.ts';
export { fill, type Locale, type Messages, pickLocale, supportedLocales } from './locales/index.ts';
export { type LoginHint, type LoginView, loginPage } from './login.ts';
export { loggedOutPage, logoutPage } from './logout.ts';
export type { Section } from './navigation.ts';
export {
  type NewPasswordView,
  newPasswordPage,
  type PasswordProof,
  passwordSavedPage,
} from './new-password.ts';
export type { PasskeyForm } from './passkey-form.ts';
export { english, type FormProblem } from './problem.ts';
export { type RefusedView, refusedPage } from './refused.ts';
export type { RequestDraft } from './request-form.ts';
export { type RequestShown, type RequestsView, requestsPage } from './requests.ts';
export { type RightsView, rightsPage } from './rights.ts';
export { secondsText } from './seconds.ts';
export { type SignOnView, signOnPage } from './sign-on.ts';
export { type SourcesView, sourcesPage } from './sources.ts';
export { unseenPage } from './unseen.ts';
export { type WhoCanView, whoCanPage } from './who-can.ts';
