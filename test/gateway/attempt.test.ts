import { describe, expect, it } from 'vitest';
import { type Addressee, wireRequestOf } from '../../src/gateway/attempt';
import type { Message } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { findProvider, wires } from '../../src/providers/index';
import { fitTarget } from '../support/fit-target';

const HELLO: Message = { role: 'user', content: [{ type: 'text', text: 'Hello' }] };
const BRIEF: Message = { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] };

function addressee(firstMessage = 0): Addressee {
	const provider = findProvider('mock');
	if (!provider) throw new Error('there is no mock');
	const { traits } = fitTarget({ traits: { input: ['text'] } });
	const facts = {
		...traits,
		provider: 'mock',
		model: 'echo',
		known: true,
		kind: 'chat',
		contextWindow: 8_192,
		inputLimit: null,
		input: ['text'],
		tools: true,
		tokenizer: 'mock',
		prices: null,
		priceVersion: null,
	} as const;
	const credential = {
		rowId: null,
		name: 'mock',
		source: 'none',
		apiKey: null,
		baseUrl: 'mock:',
		trust: 'operator',
		config: {},
	} as const;
	const target = {
		provider,
		name: 'mock/echo',
		model: 'echo',
		upstreamModel: 'echo-eu',
		facts,
		credential,
		place: { endpoint: 'mock@mock', modelClass: 'echo' },
	};
	return { target, wire: wires.mock, quirks: {}, stream: true, firstMessage };
}

describe('the wire request of a target', () => {
	it('is for the model as the upstream names it, without what the target does not take', () => {
		const request: ChatRequest = { messages: [HELLO], seed: 3, logprobs: { top: 1 } };
		const { body, warnings } = wireRequestOf(request, addressee());
		expect(JSON.parse(body)).toEqual({ messages: [HELLO], seed: 3, model: 'echo-eu', stream: true });
		expect(warnings).toMatchObject([{ field: 'logprobs' }]);
	});

	it('is refused by where the caller put it, whatever the gateway put ahead', () => {
		const image = { type: 'image', source: { kind: 'url', url: 'https://x.test/a.png' } } as const;
		const request: ChatRequest = { messages: [BRIEF, { role: 'user', content: [image] }] };
		expect(() => wireRequestOf(request, addressee(1))).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'messages[0].content[0]' }),
		);
	});
});
