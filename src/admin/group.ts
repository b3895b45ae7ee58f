export const ADMIN_GROUP = 'sallyport.dev';
export const ADMIN_VERSION = 'v1';
