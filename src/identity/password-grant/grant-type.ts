/** The grant type's name (RFC 6749 §4.3). */
export const passwordGrant = 'password';
