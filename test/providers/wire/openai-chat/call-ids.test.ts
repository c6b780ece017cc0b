import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallIds } from '../../../../src/providers/wire/openai-chat/call-ids';

const SHORT = /^[A-Za-z0-9]{9}$/;

describe('ids of tool calls where they must be nine letters or digits', () => {
	it('stay what they are where they are that already, and anywhere else', () => {
		expect(new CallIds(true, ['gSIMJiOkT']).sent('gSIMJiOkT')).toBe('gSIMJiOkT');
		expect(new CallIds(false, ['call_abc']).sent('call_abc')).toBe('call_abc');
	});

	it('are the same for the same id in every request', () => {
		const sent = new CallIds(true, ['call_abc']).sent('call_abc');
		expect(sent).toMatch(SHORT);
		expect(new CallIds(true, ['other', 'call_abc']).sent('call_abc')).toBe(sent);
	});

	it('give way to an id of the conversation that is the same by chance', () => {
		const usual = new CallIds(true, []).sent('call_abc');
		const ids = new CallIds(true, ['call_abc', usual]);
		expect(ids.sent('call_abc')).not.toBe(usual);
		expect(ids.sent(usual)).toBe(usual);
	});

	it('are valid, and never one for two', () => {
		const id = fc.oneof(fc.string(), fc.stringMatching(SHORT), fc.constantFrom('call_1', 'call_2', ''));
		fc.assert(
			fc.property(fc.uniqueArray(id, { maxLength: 40 }), (known) => {
				const ids = new CallIds(true, known);
				const sent = known.map((one) => ids.sent(one));
				expect(new Set(sent).size).toBe(known.length);
				for (const one of sent) expect(one).toMatch(SHORT);
				expect(known.map((one) => ids.sent(one))).toEqual(sent);
			}),
		);
	});
});
