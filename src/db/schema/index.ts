/** Every table, for the services and for drizzle-kit. */
export * from './agents';
export * from './alerts';
export * from './audit';
export * from './gateway-keys';
export * from './global-settings';
export * from './model-overrides';
export * from './organizations';
export * from './providers';
export * from './usage';
export * from './users';
