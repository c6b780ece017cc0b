/** Which organizations were there lately: the two seen last tell whether there is more than one. */

/** An organization counts as active this long after it was seen. */
const ACTIVE_MS = 600_000;

interface Sighting {
	readonly organizationId: string;
	at: number;
}

/** JSON as it stands. */
export interface Sightings {
	/** The organization seen last, and the one seen last beside it. */
	latest: Sighting | null;
	other: Sighting | null;
}

export function see(memory: Sightings, organizationId: string, now: number): void {
	const { latest } = memory;
	if (latest?.organizationId === organizationId) {
		latest.at = now;
		return;
	}
	memory.other = latest;
	memory.latest = { organizationId, at: now };
}

/** Another one than this was there in the last ten minutes. */
export const othersThan = ({ latest, other }: Sightings, organizationId: string, now: number): boolean => {
	const another = latest?.organizationId === organizationId ? other : latest;
	return another !== null && now - another.at < ACTIVE_MS;
};

/** More than one was there in the last ten minutes. */
export const severalActive = ({ other }: Sightings, now: number): boolean =>
	other !== null && now - other.at < ACTIVE_MS;
