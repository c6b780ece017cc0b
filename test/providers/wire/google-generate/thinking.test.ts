import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../../../src/language/request';
import { google } from '../../../../src/providers/google';
import type { ModelTraits, ReasoningOption } from '../../../../src/providers/provider';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { wireTarget } from '../../../support/wire-target';

function asked(reasoning: ChatRequest['reasoning'], traits: Partial<ModelTraits>, more: Partial<ChatRequest> = {}) {
	const request: ChatRequest = {
		messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
		...(reasoning && { reasoning }),
		...more,
	};
	const target = wireTarget(google, 'gemini-3.5-flash', { reasoning: true, ...traits });
	const { body, warnings } = googleGenerate.toRequest(request, target);
	return {
		config: JSON.parse(body).generationConfig?.thinkingConfig,
		fields: warnings.map((warning) => warning.field),
	};
}

const options = (...reasoningOptions: ReasoningOption[]) => ({ reasoningOptions });
const levels = (...values: string[]) => options({ type: 'effort', values });
const FLASH_2_5 = options({ type: 'toggle' }, { type: 'budget', min: 0, max: 24_576 });
const LITE_2_5 = options({ type: 'toggle' }, { type: 'budget', min: 512, max: 24_576 });
const PRO_2_5 = options({ type: 'budget', min: 128, max: 32_768 });
const FLASH_3 = levels('minimal', 'low', 'medium', 'high');
const GEMMA_4 = options({ type: 'toggle' });

describe('thinking', () => {
	it('is left to the model where nothing was said', () => {
		expect(asked(undefined, FLASH_3)).toEqual({ config: undefined, fields: [] });
		expect(asked({}, FLASH_3)).toEqual({ config: undefined, fields: [] });
		expect(asked({ sealed: true }, FLASH_3)).toEqual({ config: undefined, fields: [] });
	});

	it.each([
		[{ effort: 'low' }, FLASH_3, { thinkingLevel: 'low', includeThoughts: true }],
		[{ effort: 'minimal' }, FLASH_3, { thinkingLevel: 'minimal', includeThoughts: true }],
		[{ effort: 'medium', summary: 'none' }, FLASH_3, { thinkingLevel: 'medium' }],
		[{ summary: 'auto' }, FLASH_3, { includeThoughts: true }],
		[{ summary: 'none' }, FLASH_3, undefined],
		[{ budgetTokens: 2_000 }, FLASH_2_5, { thinkingBudget: 2_000, includeThoughts: true }],
		[{ effort: 'medium' }, FLASH_2_5, { thinkingBudget: 8_192, includeThoughts: true }],
		[{ effort: 'minimal' }, PRO_2_5, { thinkingBudget: 512, includeThoughts: true }],
		[{ effort: 'max' }, FLASH_2_5, { thinkingBudget: 24_576, includeThoughts: true }],
		[{ effort: 'none' }, FLASH_2_5, { thinkingBudget: 0 }],
		[{ budgetTokens: 0 }, LITE_2_5, { thinkingBudget: 0 }],
		[{ effort: 'high' }, GEMMA_4, { thinkingLevel: 'high', includeThoughts: true }],
		[{ effort: 'none' }, GEMMA_4, { thinkingLevel: 'minimal' }],
		[{ effort: 'none' }, levels('none', 'low'), { thinkingLevel: 'none' }],
	] as const)('is asked for exactly: %o of %o', (reasoning, traits, config) => {
		expect(asked(reasoning, traits)).toEqual({ config, fields: [] });
	});

	it.each([
		[{ effort: 'xhigh' }, FLASH_3, { thinkingLevel: 'high', includeThoughts: true }],
		[{ effort: 'minimal' }, levels('low', 'high'), { thinkingLevel: 'low', includeThoughts: true }],
		[{ effort: 'medium' }, levels('low', 'high'), { thinkingLevel: 'high', includeThoughts: true }],
		[{ effort: 'none' }, levels('low', 'high'), { thinkingLevel: 'low' }],
		[{ budgetTokens: 5_000 }, FLASH_3, { thinkingLevel: 'medium', includeThoughts: true }],
		[{ budgetTokens: 99_000 }, FLASH_3, { thinkingLevel: 'high', includeThoughts: true }],
		[{ budgetTokens: 100 }, PRO_2_5, { thinkingBudget: 128, includeThoughts: true }],
		[{ budgetTokens: 99_000 }, PRO_2_5, { thinkingBudget: 32_768, includeThoughts: true }],
		[{ effort: 'none' }, PRO_2_5, { thinkingBudget: 128 }],
		[{ effort: 'low', budgetTokens: 5_000 }, FLASH_3, { thinkingLevel: 'low', includeThoughts: true }],
	] as const)('is asked for as nearly as the model can, by name: %o of %o', (reasoning, traits, config) => {
		expect(asked(reasoning, traits)).toEqual({ config, fields: ['reasoning'] });
	});

	it('takes level or budget as each was asked for where a model has both', () => {
		const both = options({ type: 'effort', values: ['low', 'high'] }, { type: 'budget', min: 0, max: 8_000 });
		expect(asked({ effort: 'high' }, both).config).toEqual({ thinkingLevel: 'high', includeThoughts: true });
		expect(asked({ budgetTokens: 10 }, both).config).toEqual({ thinkingBudget: 10, includeThoughts: true });
	});

	it('leaves room for the answer where an effort alone was named', () => {
		const { config } = asked({ effort: 'high' }, FLASH_2_5, { maxTokens: 1_000 });
		expect(config.thinkingBudget).toBe(800);
		expect(asked({ budgetTokens: 5_000 }, FLASH_2_5, { maxTokens: 1_000 }).config.thinkingBudget).toBe(5_000);
	});

	it('keeps to what all newer models know where the catalog does not list one', () => {
		const unknown = { known: false, ...FLASH_3 };
		expect(asked({ effort: 'minimal' }, unknown)).toEqual({
			config: { thinkingLevel: 'low', includeThoughts: true },
			fields: ['reasoning'],
		});
		expect(asked({ effort: 'high' }, { known: false, reasoning: false }).config.thinkingLevel).toBe('high');
		expect(asked({ effort: 'high' }, { known: false, ...FLASH_2_5 }).config.thinkingBudget).toBe(24_576);
	});

	it('can not be steered, or is none, where the catalog says so', () => {
		expect(asked({ effort: 'high' }, options())).toEqual({ config: { includeThoughts: true }, fields: ['reasoning'] });
		expect(asked({ effort: 'high' }, { reasoning: false })).toEqual({ config: undefined, fields: [] });
	});
});
