import { describe, expect, it } from 'vitest';
import { type ContextDraft, contextDraftOf, contextOf, NO_CONTEXT } from '../../src/console/context/context-draft';
import {
	CONTEXT,
	type ContextLayer,
	isUnsummarized,
	lowestBelow,
	lowestText,
	modeInForce,
} from '../../src/console/context/context-text';
import { inheritedText } from '../../src/console/policy/inherited';
import { summaryOf } from '../../src/console/policy/words';
import { CONTEXT_FIELDS, type ContextPolicy } from '../../src/language/context';

const WHOLE: Required<ContextPolicy> = {
	mode: 'summarize',
	summarizer: 'openai/gpt-4.1-mini',
	maxInputTokens: 200_000,
	maxOutputTokens: 4_096,
};

describe('a context policy in a form', () => {
	it('comes back as it was', () => {
		expect(contextOf(contextDraftOf(WHOLE))).toEqual(WHOLE);
	});

	it('says nothing where every field is empty', () => {
		expect(contextOf(NO_CONTEXT)).toEqual({});
		expect(contextOf({ ...NO_CONTEXT, summarizer: '  ' })).toEqual({});
	});

	it('sends no spaces around the name of a summarizer', () => {
		expect(contextOf({ ...NO_CONTEXT, summarizer: ' mock/echo ' })).toEqual({ summarizer: 'mock/echo' });
	});

	it('has a field for all that the gateway takes, each with a label and a text', () => {
		expect([...CONTEXT.fields].sort()).toEqual([...CONTEXT_FIELDS].sort());
		expect(summaryOf(CONTEXT, WHOLE)).toBe(
			'Context mode: Summarize · Summarizer: openai/gpt-4.1-mini · Most input tokens: 200,000 · Most output tokens: 4,096',
		);
	});
});

describe('what an empty field of a context policy inherits', () => {
	const layers: readonly ContextLayer[] = [
		{ name: 'profile calm', policy: { mode: 'summarize', maxInputTokens: 50_000 } },
		{ name: 'organization', policy: { mode: 'refuse', maxInputTokens: 20_000, maxOutputTokens: 4_096 } },
		{ name: 'default', policy: { mode: 'trim' } },
	];

	it('is of the mode what the nearest layer says', () => {
		expect(inheritedText(CONTEXT, layers, 'mode', 'Trim')).toBe('Summarize (profile calm)');
		expect(modeInForce(NO_CONTEXT, layers)).toBe('summarize');
		expect(modeInForce({ ...NO_CONTEXT, mode: 'off' }, layers)).toBe('off');
		expect(modeInForce(NO_CONTEXT, [])).toBe('trim');
	});

	it('is of a maximum the lowest, whichever layer sets it, and of equals the nearest', () => {
		expect(lowestBelow(layers, 'maxInputTokens')).toEqual({ name: 'organization', tokens: 20_000 });
		expect(lowestText(layers, 'maxInputTokens')).toBe('20,000 (organization)');
		expect(lowestText(layers, 'maxOutputTokens')).toBe('4,096 (organization)');
		expect(lowestText([], 'maxOutputTokens')).toBe('no maximum');
		const equal = layers.map((layer) => ({ ...layer, policy: { maxInputTokens: 7 } }));
		expect(lowestBelow(equal, 'maxInputTokens')?.name).toBe('profile calm');
	});

	const drafts: readonly [string, ContextDraft, readonly ContextLayer[], boolean][] = [
		['a mode summarize of its own', { ...NO_CONTEXT, mode: 'summarize' }, [], true],
		['an inherited mode summarize', NO_CONTEXT, layers, true],
		['a summarizer of its own', { ...NO_CONTEXT, summarizer: 'mock/echo' }, layers, false],
		['an inherited summarizer', NO_CONTEXT, [...layers, { name: 'x', policy: { summarizer: 'mock/echo' } }], false],
		['another mode', { ...NO_CONTEXT, mode: 'trim' }, layers, false],
	];
	it.each(drafts)('with %s tells whether summaries have no writer', (_, draft, below, unsummarized) => {
		expect(isUnsummarized(draft, below)).toBe(unsummarized);
	});
});
