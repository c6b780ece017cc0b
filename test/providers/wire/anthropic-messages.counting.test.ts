import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../src/language/request';
import { anthropic } from '../../../src/providers/anthropic';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';
import { wireTarget } from '../../support/wire-target';

const REQUEST: ChatRequest = {
	messages: [
		{ role: 'system', content: [{ type: 'text', text: 'Be brief.', cache: true }] },
		{ role: 'user', content: [{ type: 'text', text: 'Hello' }] },
	],
	tools: [{ name: 'weather' }],
	toolChoice: 'auto',
	responseFormat: { type: 'json-schema', name: 'n', schema: { type: 'object', properties: { a: {} } } },
	maxTokens: 9,
	temperature: 0.2,
	topK: 3,
	stop: ['END'],
	user: 'ann',
	providerOptions: { anthropic: { service_tier: 'auto', betas: ['context-1m-2025-08-07'] } },
};

const counting = anthropicMessages.counting;
const asked = () => counting?.toRequest(REQUEST, wireTarget(anthropic, 'claude-haiku-4-5', {}, true));

describe('counting of the Messages API', () => {
	it('is what the provider says it has', () => {
		expect(anthropic.counting).toBe(true);
		expect(counting).toBeDefined();
	});

	it('asks with what counts and nothing else, which would be refused', () => {
		const request = asked();
		expect(request?.path).toBe('/v1/messages/count_tokens');
		expect(request?.headers).toMatchObject({ 'anthropic-beta': 'context-1m-2025-08-07' });
		const body = JSON.parse(request?.body ?? '');
		expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'output_config', 'system', 'tool_choice', 'tools']);
		const sent = JSON.parse(anthropicMessages.toRequest(REQUEST, wireTarget(anthropic, 'claude-haiku-4-5')).body);
		for (const field of Object.keys(body)) expect(body[field]).toEqual(sent[field]);
	});

	it('reads the count, and nothing else as one', () => {
		expect(counting?.fromResponse('{"input_tokens": 17}')).toBe(17);
		for (const body of ['{}', '{"input_tokens":"17"}', '{"input_tokens":-1}', '[]', 'no'])
			expect(() => counting?.fromResponse(body)).toThrow(expect.objectContaining({ code: 'upstream_malformed' }));
	});
});
