import { describe, expect, it } from 'vitest';
import { respelled, type Spelling } from '../../src/doors/respell';
import { GatewayError, invalid } from '../../src/errors';
import { doorApp } from '../support/door-app';

const spelling: Spelling = {
	words: { toolChoice: 'tool_choice', 'reasoning.effort': 'effort', reasoning: 'thinking' },
	place: (param) => (param === 'tools[0].name' ? 'functions[0].name' : null),
};

const paramOf = (param: string) => (respelled(invalid(param, 'x'), spelling) as GatewayError).param;

describe('an error in the words of a door', () => {
	it('names the field by its place, as a whole, or by its first word', () => {
		expect(paramOf('tools[0].name')).toBe('functions[0].name');
		expect(paramOf('reasoning.effort')).toBe('effort');
		expect(paramOf('reasoning.budgetTokens')).toBe('thinking.budgetTokens');
		expect(paramOf('toolChoice')).toBe('tool_choice');
		expect(paramOf('messages[0]')).toBe('messages[0]');
	});

	it('says them in its message too, and keeps all else', () => {
		const cause = new Error('inside');
		const error = new GatewayError('invalid_request', 'tools[0].name: see toolChoice, and otherWord.', {
			param: 'tools[0].name',
			retryAfterMs: 5,
			cause,
		});
		expect(respelled(error, spelling)).toMatchObject({
			code: 'invalid_request',
			message: 'functions[0].name: see tool_choice, and otherWord.',
			retryAfterMs: 5,
			cause,
		});
	});

	it('is so in the Responses API too', async () => {
		const door = doorApp({
			chat: () => {
				throw invalid('messages[2].content[0]', 'messages[2].content[0]: no images; see responseFormat.');
			},
		});
		const response = await door.post('/v1/responses', { input: 'Hi' });
		expect(await response.json()).toMatchObject({
			error: { param: 'input', message: 'input: no images; see text.format.' },
		});
	});

	it("leaves an upstream's own words, errors without a field, and what is none of ours", () => {
		const upstream = new GatewayError('invalid_request', 'toolChoice', {
			param: 'toolChoice',
			upstream: { failure: 'bad-request', scope: 'request' },
		});
		for (const thrown of [upstream, new GatewayError('internal', 'toolChoice'), new TypeError('toolChoice'), null])
			expect(respelled(thrown, spelling)).toBe(thrown);
	});
});
