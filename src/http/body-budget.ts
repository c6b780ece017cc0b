/** Bytes of request bodies this isolate has in work: an isolate has 128 MB, and a body costs several times its size. */

/** Bytes in work at once; above it requests are turned away before they are parsed. */
export const BUDGET_BYTES = 32 * 1024 * 1024;

/**
 * What one request keeps in work. Given back when it ends; one whose context died without a word (a client that
 * left, its isolate's task cancelled) is struck off once no request could still be running.
 */
export interface Reservation {
	bytes: number;
	/** ms since epoch after which it no longer counts */
	readonly expiresAt: number;
}

const reservations = new Set<Reservation>();
let inWork = 0;

function strikeExpired(now: number): void {
	for (const reservation of reservations) if (reservation.expiresAt <= now) release(reservation);
}

export function reserve(expiresAt: number): Reservation {
	const reservation = { bytes: 0, expiresAt };
	reservations.add(reservation);
	return reservation;
}

/** Adds to a reservation; false (and nothing added) where that would exceed the budget. */
export function grow(reservation: Reservation, bytes: number, now: number): boolean {
	if (inWork + bytes > BUDGET_BYTES) strikeExpired(now);
	if (inWork + bytes > BUDGET_BYTES) return false;
	reservation.bytes += bytes;
	inWork += bytes;
	return true;
}

/** Idempotent. */
export function release(reservation: Reservation): void {
	if (!reservations.delete(reservation)) return;
	inWork -= reservation.bytes;
}

/** Bytes in work now. */
export const bytesInWork = (): number => inWork;
