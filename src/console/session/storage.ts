/** The credential, for as long as the tab lives: never in the URL, a cookie or localStorage. */

const KEY = 'switchyard.key';
const ORGANIZATION = 'switchyard.organization';

export interface Stored {
	readonly key: string;
	/** Slug; null: the credential's own. */
	readonly organization: string | null;
}

export function readSession(): Stored | null {
	const key = sessionStorage.getItem(KEY);
	return key === null ? null : { key, organization: sessionStorage.getItem(ORGANIZATION) };
}

export function writeSession({ key, organization }: Stored): void {
	sessionStorage.setItem(KEY, key);
	if (organization === null) sessionStorage.removeItem(ORGANIZATION);
	else sessionStorage.setItem(ORGANIZATION, organization);
}

export function clearSession(): void {
	sessionStorage.removeItem(KEY);
	sessionStorage.removeItem(ORGANIZATION);
}
