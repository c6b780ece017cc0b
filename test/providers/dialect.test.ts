import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../src/language/request';
import { azureOpenai } from '../../src/providers/azure-openai';
import { fitRequest } from '../../src/providers/fit';
import { lmstudio } from '../../src/providers/lmstudio';
import { mistral } from '../../src/providers/mistral';
import { openai } from '../../src/providers/openai';
import { openrouter } from '../../src/providers/openrouter';
import type { Quirks } from '../../src/providers/provider';
import { openaiChat } from '../../src/providers/wire/openai-chat';
import { openaiResponses } from '../../src/providers/wire/openai-responses';
import { fitTarget } from '../support/fit-target';
import { wireTarget } from '../support/wire-target';

const messages: ChatRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
const dialect = { logit_bias: { '1': 1 }, prediction: { type: 'content', content: 'x' }, prompt_cache_key: 'k' };

const fitted = (request: Partial<ChatRequest>, quirks: Quirks = {}) =>
	fitRequest({ messages, ...request }, fitTarget({ quirks }));
const fields = (request: Partial<ChatRequest>, quirks?: Quirks) =>
	fitted(request, quirks).warnings.map((warning) => warning.field);

describe("OpenAI's own fields", () => {
	it('stay as they are where the target takes them all', () => {
		const request: ChatRequest = { messages, dialect, strict: true };
		for (const provider of [openai, azureOpenai, openrouter])
			expect(fitRequest(request, fitTarget({ quirks: provider.quirks ?? {} })).request).toBe(request);
	});

	it('are left out and named where it takes none, whatever wire it has', () => {
		expect(fitted({ dialect }).request).toEqual({ messages });
		expect(fields({ dialect })).toEqual(['logit_bias', 'prediction', 'prompt_cache_key']);
	});

	it('stay one by one where it takes some', () => {
		expect(fitted({ dialect }, mistral.quirks).request.dialect).toEqual({
			prediction: dialect.prediction,
			prompt_cache_key: 'k',
		});
		expect(fields({ dialect }, mistral.quirks)).toEqual(['logit_bias']);
		expect(fields({ dialect }, lmstudio.quirks)).toEqual(['prediction', 'prompt_cache_key']);
	});

	it('that change an answer are refused where the request is strict; hints are only named', () => {
		expect(() => fitted({ dialect, strict: true })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'logit_bias' }),
		);
		const hints = {
			prompt_cache_key: 'k',
			prompt_cache_options: {},
			prompt_cache_retention: '24h',
			safety_identifier: 's',
		};
		expect(fields({ dialect: hints, strict: true })).toEqual(Object.keys(hints));
	});

	it('that say what holds anyway go in silence', () => {
		for (const service_tier of ['auto', 'default'])
			expect(fitted({ dialect: { service_tier, verbosity: 'medium' }, strict: true })).toEqual({
				request: { messages, strict: true },
				warnings: [],
			});
	});

	it('leave other losses as they are', () => {
		const described = { wire: { seed: { dropped: 'No seed.' } } };
		const { request, warnings } = fitRequest({ messages, seed: 1, dialect }, fitTarget(described));
		expect(request).toEqual({ messages });
		expect(warnings.map((warning) => warning.field)).toEqual(['seed', 'logit_bias', 'prediction', 'prompt_cache_key']);
	});
});

describe("the body of OpenAI's two APIs", () => {
	const body = (wire: typeof openaiChat, request: Partial<ChatRequest>) => {
		const sent = wire.toRequest({ messages, ...request }, wireTarget(openai, 'gpt-test'));
		return { body: JSON.parse(sent.body), warnings: sent.warnings.map((warning) => warning.field) };
	};
	const asked = { dialect: { ...dialect, verbosity: 'low', service_tier: 'flex' } };

	it('holds them in a chat, where the own options of a provider win', () => {
		const providerOptions = { openai: { verbosity: 'high' } };
		expect(body(openaiChat, { ...asked, providerOptions })).toMatchObject({
			body: { ...asked.dialect, verbosity: 'high' },
			warnings: [],
		});
	});

	it('holds in a response those that it has, under its names, and names the others', () => {
		const sent = body(openaiResponses, asked);
		expect(sent.body).toMatchObject({ text: { verbosity: 'low' }, service_tier: 'flex', prompt_cache_key: 'k' });
		expect(sent.body).not.toHaveProperty('verbosity');
		expect(sent.body).not.toHaveProperty('logit_bias');
		expect(sent.warnings).toEqual(['logit_bias', 'prediction']);
		expect(() => body(openaiResponses, { ...asked, strict: true })).toThrow(
			expect.objectContaining({ param: 'logit_bias' }),
		);
	});
});
