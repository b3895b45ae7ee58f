/** Where clients register, below the issuer. */
export const registrationPath = '/register';

export function registrationUrl(issuer: string): string {
  return issuer.replace(/\/$/, '') + registrationPath;
}
