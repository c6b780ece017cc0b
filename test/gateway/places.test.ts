import { describe, expect, it } from 'vitest';
import { placesOf, tracedPlaces } from '../../src/gateway/places';
import type { Message } from '../../src/language/message';
import { assistant, system, user } from './conversations';

const result = (callId: string, text: string): Message => ({
	role: 'tool',
	callId,
	content: [{ type: 'text', text }],
});

describe('the places of messages', () => {
	const prompt = system('The agent’s.');
	const own = [user('a'), assistant('b'), result('one', 'c'), result('two', 'd'), user('e')];
	const came = [prompt, ...own];
	const places = placesOf(came, 1);

	it('are counted from the caller’s first, and the gateway’s own have none', () => {
		expect(own.map((message) => places.get(message))).toEqual([0, 1, 2, 3, 4]);
		expect(places.get(prompt)).toBeUndefined();
	});

	it('are found again for whatever is left, shortened ones included', () => {
		const traced = (left: readonly Message[]) => tracedPlaces(left, came, places);
		expect(traced(came)).toEqual([-1, 0, 1, 2, 3, 4]);
		const note: Message = { ...user('A summary.'), pinned: true };
		expect(traced([prompt, note, ...own.slice(3)])).toEqual([-1, -1, 3, 4]);
		expect(
			traced([prompt, user('[image left out]'), own[1] as Message, result('two', 'short'), own[4] as Message]),
		).toEqual([-1, 0, 1, 3, 4]);
	});

	it('are nowhere for what never came', () => {
		expect(tracedPlaces([result('three', 'x')], came, places)).toEqual([-1]);
	});
});
