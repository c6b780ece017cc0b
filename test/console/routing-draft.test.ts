import { describe, expect, it } from 'vitest';
import { inherited } from '../../src/console/policy/inherited';
import { summaryOf } from '../../src/console/policy/words';
import { inheritedText, type RoutingLayer } from '../../src/console/routing/inherited';
import { ROUTING } from '../../src/console/routing/policy-text';
import {
	hasRarer,
	NO_ROUTING,
	type RoutingDraft,
	routingDraftOf,
	routingOf,
	sharesOf,
} from '../../src/console/routing/routing-draft';

type Policy = Parameters<typeof routingDraftOf>[0];

const WHOLE: Required<Policy> = {
	strategy: 'weighted',
	candidates: [{ model: 'openai/gpt-4.1', weight: 0.5 }, { model: 'profile:calm' }],
	weight: 3,
	sticky: false,
	residency: ['eu', 'ch'],
	contextFallbacks: ['google/gemini-2.5-flash'],
	contentFilterFallbacks: ['mistral/mistral-large-latest', 'groq/llama-3.3-70b-versatile'],
	maxAttempts: 2,
	firstEventTimeoutMs: 1_500,
	idleTimeoutMs: 20_001,
	totalTimeoutMs: 3_600_000,
	commitTimeoutMs: 1,
};

describe('routing in a form', () => {
	it('comes back as it was', () => {
		expect(routingOf(routingDraftOf(WHOLE))).toEqual(WHOLE);
	});

	it('that names no tag of residency, as a damaged row does, is told as nowhere', () => {
		expect(summaryOf(ROUTING, { residency: [] })).toBe('Residency: nowhere');
		expect(summaryOf(ROUTING, { residency: ['eu', 'ch'], maxAttempts: 2 })).toBe(
			'Residency: eu, ch · Tries per target: 2',
		);
		expect(summaryOf(ROUTING, {})).toBeNull();
	});

	it('says nothing where every field is empty', () => {
		expect(routingOf(NO_ROUTING)).toEqual({});
		expect(hasRarer(NO_ROUTING)).toBe(false);
	});

	it('keeps a chain that is empty on purpose, which stands over the layers below', () => {
		const nobody: Policy = { contextFallbacks: [], contentFilterFallbacks: [] };
		expect(routingOf(routingDraftOf(nobody))).toEqual(nobody);
		expect(hasRarer(routingDraftOf(nobody))).toBe(true);
	});

	it('sends neither spaces around a name nor a weight that was left empty', () => {
		const draft: RoutingDraft = { ...NO_ROUTING, candidates: [{ key: 0, model: ' mock/echo ', weight: '' }] };
		expect(routingOf(draft)).toEqual({ candidates: [{ model: 'mock/echo' }] });
	});

	it.each(Object.entries(WHOLE).filter(([field]) => !['strategy', 'candidates', 'weight'].includes(field)))(
		'opens its second part where %s is set',
		(field, value) => {
			expect(hasRarer(routingDraftOf({ [field]: value }))).toBe(true);
		},
	);
});

describe('shares of candidates', () => {
	it('are in proportion to their weights, the model itself first, and an empty weight is 1', () => {
		const candidates = [
			{ key: 0, model: 'a/b', weight: 3 },
			{ key: 1, model: 'c/d', weight: '' },
		] as const;
		expect(sharesOf({ weight: 4, candidates })).toEqual([0.5, 0.375, 0.125]);
		expect(sharesOf({ weight: '', candidates: [] })).toEqual([1]);
	});

	it('are none where all weights are 0', () => {
		expect(sharesOf({ weight: 0, candidates: [{ key: 0, model: 'a/b', weight: 0 }] })).toEqual([0, 0]);
	});
});

describe('what an empty field of routing inherits', () => {
	const layers: readonly RoutingLayer[] = [
		{ name: 'profile calm', policy: { strategy: 'lowest-cost', contextFallbacks: [] } },
		{ name: 'organization', policy: { strategy: 'weighted', contextFallbacks: ['mock/slow'], residency: ['eu'] } },
		{ name: 'environment', policy: { firstEventTimeoutMs: 10_000, maxAttempts: 3 } },
	];

	it('is what the nearest layer says that says anything', () => {
		expect(inherited(layers, 'strategy')).toBe('lowest-cost');
		expect(inherited(layers, 'residency')).toEqual(['eu']);
		expect(inherited(layers, 'commitTimeoutMs')).toBeUndefined();
	});

	it('is nobody where a layer names nobody on purpose', () => {
		expect(inherited(layers, 'contextFallbacks')).toEqual([]);
		expect(inheritedText(layers, 'contextFallbacks', 'otherwise')).toBe('nobody (profile calm)');
	});

	it('is said with its unit and with the layer it comes from', () => {
		expect(inheritedText(layers, 'firstEventTimeoutMs', 'otherwise')).toBe('10 s (environment)');
		expect(inheritedText(layers, 'maxAttempts', 'otherwise')).toBe('3 (environment)');
		expect(inheritedText(layers, 'residency', 'otherwise')).toBe('eu (organization)');
		expect(inheritedText(layers, 'idleTimeoutMs', 'otherwise')).toBe('otherwise');
	});
});
