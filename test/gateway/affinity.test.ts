import { describe, expect, it } from 'vitest';
import { affinity, affinityMemory } from '../../src/gateway/affinity';

function port() {
	const clock = { now: 1_000 };
	const memory = affinityMemory();
	return { clock, memory, ...affinity(memory, () => clock.now) };
}

describe('what an isolate remembers', () => {
	it('is who answered a conversation last, for five minutes after that', () => {
		const { clock, memory, last, remember } = port();
		expect(last('talk')).toBeNull();
		remember('talk', 'a');
		remember('talk', 'b');
		clock.now += 300_000;
		expect(last('talk')).toBe('b');
		expect(last('other')).toBeNull();
		clock.now += 1;
		expect(last('talk')).toBeNull();
		expect(memory.conversations.size).toBe(0);
	});

	it('counts the turns of each list by itself', () => {
		const { turn } = port();
		expect([turn('a'), turn('a'), turn('b'), turn('a')]).toEqual([0, 1, 0, 2]);
		expect([turn('a', false), turn('a', false), turn('a'), turn('c', false), turn('c')]).toEqual([3, 3, 3, 0, 0]);
	});

	it('is shared by all requests of the isolate', () => {
		const memory = affinityMemory();
		affinity(memory, () => 0).remember('talk', 'a');
		affinity(memory, () => 0).turn('list');
		const next = affinity(memory, () => 1);
		expect(next.last('talk')).toBe('a');
		expect(next.turn('list')).toBe(1);
	});

	it('is bounded: the conversation that was silent longest and the list that turned least lately give way', () => {
		const { memory, last, remember, turn } = port();
		for (let at = 0; at < 10_000; at += 1) remember(`talk ${at}`, 'a');
		remember('talk 0', 'b');
		remember('one more', 'c');
		expect(memory.conversations.size).toBe(10_000);
		expect([last('talk 0'), last('talk 1'), last('talk 2'), last('one more')]).toEqual(['b', null, 'a', 'c']);
		for (let at = 0; at < 2_000; at += 1) turn(`list ${at}`);
		turn('list 0');
		turn('one more');
		expect(memory.turns.size).toBe(2_000);
		expect([turn('list 0'), turn('list 1')]).toEqual([2, 0]);
	});
});
