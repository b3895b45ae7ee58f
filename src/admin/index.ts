/**
 * The admin API: users, groups and what belongs to them, as Kubernetes objects of the API group `sallyport.dev`.
 * Owns how they look and how they are changed through it. Does not own what is kept (identity), nor who may ask: every
 * request has been authenticated, decided and recorded before, and only what is more than a verb on a kind is asked here.
 */
export { type AdminApi, type AdminApiDeps, createAdminApi, type ManagedIdentity } from './admin-api.ts';
export { ADMIN_GROUP } from './group.ts';
