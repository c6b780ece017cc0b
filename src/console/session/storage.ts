/** What the console keeps in the browser: no credential, nothing that lets anybody in. */

const ORGANIZATION = 'switchyard.organization';
const OPENED = 'switchyard.session';

/** Slug of the organization that the operator acts on in this tab. */
export const chosenOrganization = {
	read: (): string | null => sessionStorage.getItem(ORGANIZATION),
	write(slug: string | null): void {
		if (slug === null) sessionStorage.removeItem(ORGANIZATION);
		else sessionStorage.setItem(ORGANIZATION, slug);
	},
};

/**
 * When this browser signed in last, in ms since epoch: whether there is a cookie no script can tell, and asking
 * without one is an error. Other tabs hear of each change.
 */
export const openedAt = {
	read: (): string | null => localStorage.getItem(OPENED),
	write(ms: number | null): void {
		if (ms === null) localStorage.removeItem(OPENED);
		else localStorage.setItem(OPENED, String(ms));
	},
	/** Signing in or out in another tab. Returns what ends it. */
	watch(changed: (signedIn: boolean) => void): () => void {
		const listener = ({ key, newValue }: StorageEvent): void => {
			if (key === OPENED || key === null) changed(key !== null && newValue !== null);
		};
		window.addEventListener('storage', listener);
		return () => window.removeEventListener('storage', listener);
	},
};
