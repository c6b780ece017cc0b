import { describe, expect, it } from 'vitest';
import type { ReasoningPart } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { signed } from '../../src/language/signature';
import type { Provider } from '../../src/providers/provider';
import { wireChoice } from '../../src/providers/wire-choice';

const provider: Provider = {
	id: 'p',
	label: 'P',
	baseUrl: 'https://p.test',
	wire: 'openai-chat',
	auth: { kind: 'bearer' },
	defaultModel: 'm',
	quirks: { developerRole: true },
	alternatives: [{ wire: 'openai-responses', models: ['*-pro'], sealedReasoning: true }],
};

const said = (reasoning?: ReasoningPart): ChatRequest => ({
	messages: [
		{ role: 'user', content: [{ type: 'text', text: 'Hi' }] },
		{ role: 'assistant', content: [...(reasoning ? [reasoning] : []), { type: 'text', text: 'Hello' }] },
	],
});

const wireOf = (model: string, request: ChatRequest): string => wireChoice(provider, model, request).wire;

describe('the wire of a request', () => {
	it("is the provider's own, with its quirks", () => {
		expect(wireChoice(provider, 'gpt', said())).toEqual({ wire: 'openai-chat', quirks: { developerRole: true } });
	});

	it('is another for models that are served by that alone', () => {
		expect(wireOf('gpt-pro', said())).toBe('openai-responses');
	});

	it('is another where reasoning must come back sealed, or is replayed sealed by it', () => {
		expect(wireOf('gpt', { ...said(), reasoning: { sealed: true } })).toBe('openai-responses');
		expect(wireOf('gpt', said({ type: 'reasoning', text: '', signature: signed('openai', 'x') }))).toBe(
			'openai-responses',
		);
	});

	it("stays its own for another provider's reasoning, and for any without a signature", () => {
		expect(wireOf('gpt', said({ type: 'reasoning', text: '', signature: signed('google', 'x') }))).toBe('openai-chat');
		expect(wireOf('gpt', said({ type: 'reasoning', text: 'Hm.' }))).toBe('openai-chat');
	});

	it('stays its own at a provider without alternatives', () => {
		const { alternatives: _, ...plain } = provider;
		expect(wireChoice(plain, 'gpt-pro', { ...said(), reasoning: { sealed: true } }).wire).toBe('openai-chat');
	});
});
