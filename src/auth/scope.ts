import { GatewayError } from '../errors';
import type { Principal, Scope } from './principal';

/** Throws `forbidden` where the credential was made without `scope`. */
export function requireScope({ scopes }: Pick<Principal, 'scopes'>, scope: Scope): void {
	if (scopes.includes(scope)) return;
	throw new GatewayError('forbidden', `This credential lacks the scope '${scope}'.`);
}
