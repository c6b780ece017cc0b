import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallIds, FORTY, NINE, SIXTY_FOUR } from '../../../../src/providers/wire/openai-chat/call-ids';

const SHORT = /^[A-Za-z0-9]{9}$/;

describe('ids of tool calls where they must be nine letters or digits', () => {
	it('stay what they are where they are that already, and anywhere else', () => {
		expect(new CallIds(NINE, ['gSIMJiOkT']).sent('gSIMJiOkT')).toBe('gSIMJiOkT');
		expect(new CallIds(FORTY, ['call_abc']).sent('call_abc')).toBe('call_abc');
	});

	it('are the same for the same id in every request', () => {
		const sent = new CallIds(NINE, ['call_abc']).sent('call_abc');
		expect(sent).toMatch(SHORT);
		expect(new CallIds(NINE, ['other', 'call_abc']).sent('call_abc')).toBe(sent);
	});

	it('give way to an id of the conversation that is the same by chance', () => {
		const usual = new CallIds(NINE, []).sent('call_abc');
		const ids = new CallIds(NINE, ['call_abc', usual]);
		expect(ids.sent('call_abc')).not.toBe(usual);
		expect(ids.sent(usual)).toBe(usual);
	});

	it('may have any other form up to the length the provider takes', () => {
		const long = 'x'.repeat(41);
		expect(new CallIds(FORTY, []).sent('functions.get_weather:0')).toBe('functions.get_weather:0');
		expect(new CallIds(FORTY, []).sent('x'.repeat(40))).toBe('x'.repeat(40));
		expect(new CallIds(FORTY, [long]).sent(long)).toMatch(/^call_[A-Za-z0-9]{9}$/);
		expect(new CallIds(SIXTY_FOUR, [long]).sent(long)).toBe(long);
		expect(new CallIds(SIXTY_FOUR, []).sent('x'.repeat(65))).toMatch(/^call_[A-Za-z0-9]{9}$/);
		expect(new CallIds(FORTY, ['a']).has('a')).toBe(true);
		expect(new CallIds(FORTY, ['a']).has('b')).toBe(false);
	});

	it('are valid, and never one for two', () => {
		const id = fc.oneof(fc.string(), fc.stringMatching(SHORT), fc.constantFrom('call_1', 'call_2', ''));
		fc.assert(
			fc.property(fc.uniqueArray(id, { maxLength: 40 }), (known) => {
				const ids = new CallIds(NINE, known);
				const sent = known.map((one) => ids.sent(one));
				expect(new Set(sent).size).toBe(known.length);
				for (const one of sent) expect(one).toMatch(SHORT);
				expect(known.map((one) => ids.sent(one))).toEqual(sent);
			}),
		);
	});
});
