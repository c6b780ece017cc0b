import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../../src/language/request';
import { bedrock } from '../../../../src/providers/bedrock';
import { bedrockConverse } from '../../../../src/providers/wire/bedrock-converse';
import { wireTarget } from '../../../support/wire-target';

const REQUEST: ChatRequest = {
	messages: [
		{ role: 'system', content: [{ type: 'text', text: 's' }] },
		{ role: 'user', content: [{ type: 'text', text: 'u' }] },
	],
	tools: [{ name: 'f' }],
	maxTokens: 5,
};

describe('counting on Bedrock', () => {
	it('asks under the base id, since profiles are refused, with all that counts as input', () => {
		const wired = bedrockConverse.counting?.toRequest(REQUEST, wireTarget(bedrock, 'us.anthropic.claude-x-v1:0'));
		expect(wired?.path).toBe('/model/anthropic.claude-x-v1%3A0/count-tokens');
		expect(JSON.parse(wired?.body ?? '')).toEqual({
			input: {
				converse: {
					system: [{ text: 's' }],
					messages: [{ role: 'user', content: [{ text: 'u' }] }],
					toolConfig: {
						tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } } } }],
					},
				},
			},
		});
	});

	it('leaves other ids as they are', () => {
		for (const model of ['us.amazon.nova-lite-v1:0', 'anthropic.claude-x', 'mistral.m']) {
			const wired = bedrockConverse.counting?.toRequest(REQUEST, wireTarget(bedrock, model));
			expect(wired?.path).toBe(`/model/${encodeURIComponent(model)}/count-tokens`);
		}
	});

	it('reads the count, and nothing else for one', () => {
		expect(bedrockConverse.counting?.fromResponse('{"inputTokens":42}')).toBe(42);
		for (const body of ['{}', '{"inputTokens":"42"}', 'x', '{"inputTokens":-1}']) {
			expect(() => bedrockConverse.counting?.fromResponse(body)).toThrow(
				expect.objectContaining({ code: 'upstream_malformed' }),
			);
		}
	});
});

describe('the bedrock provider', () => {
	it('is at its region, and nowhere without one', () => {
		expect(bedrock.routing?.baseUrl?.({ region: 'eu-central-1' })).toBe(
			'https://bedrock-runtime.eu-central-1.amazonaws.com',
		);
		expect(bedrock.routing?.baseUrl?.({})).toBeNull();
	});
});
