/** Where messages stand among the caller's own, for receipts and errors. Pure. */
import type { Message } from '../language/message';

/** From 0; the first `ahead` are the gateway's, which have no place. */
export function placesOf(messages: readonly Message[], ahead: number): ReadonlyMap<Message, number> {
	const places = new Map<Message, number>();
	for (let at = ahead; at < messages.length; at += 1) {
		const message = messages[at];
		if (message) places.set(message, at - ahead);
	}
	return places;
}

/** No place: one of the gateway's own. */
const NOWHERE = -1;

/**
 * The place of each that is left, in order; −1 for the gateway's own. One that was shortened is another object by now:
 * it is the next of its kind behind the one before it.
 */
export function tracedPlaces(
	left: readonly Message[],
	came: readonly Message[],
	places: ReadonlyMap<Message, number>,
): readonly number[] {
	const known = new Set(came);
	const ahead = came.length - places.size;
	let next = ahead;
	return left.map((message) => {
		const own = places.get(message);
		if (own !== undefined) next = own + ahead;
		else if (known.has(message) || message.pinned) return NOWHERE;
		else while (next < came.length && !isOf(came[next], message)) next += 1;
		next += 1;
		return next <= came.length ? next - 1 - ahead : NOWHERE;
	});
}

const isOf = (one: Message | undefined, other: Message): boolean =>
	one?.role === other.role && (one.role !== 'tool' || other.role !== 'tool' || one.callId === other.callId);
