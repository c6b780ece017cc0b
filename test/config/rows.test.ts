import { describe, expect, it } from 'vitest';
import { configurationRows } from '../../src/config/rows';
import { agentRow, globalRow, modelRow, preferences, providerRow, rowsOf, SEEDED } from './fixtures';

const prompt = { source: { system: 'Hi {{a}}', variables: { a: { type: 'string' as const } } }, hash: 'h', version: 1 };
const full = rowsOf({
	providers: [providerRow()],
	models: [modelRow({ prices: { input: '1', output: '2' }, limits: { maxOutput: 5 } })],
	agent: agentRow({ preferences: preferences({ prompt }) }),
});

describe('rows kept in KV', () => {
	it('come back as they were written', () => {
		expect(configurationRows.parse(JSON.parse(JSON.stringify(full)))).toEqual(full);
	});

	it('lose each setting out of range, and keep the others', () => {
		const wrong = {
			temperature: 9,
			topP: -1,
			topK: 0,
			maxTokens: 0.5,
			presencePenalty: 3,
			frequencyPenalty: '1',
			seed: 0.5,
			stop: 'END',
			reasoning: { effort: 'frantic' },
			timeoutMs: 600_001,
		};
		const right = {
			temperature: 2,
			topP: 1,
			topK: 1,
			maxTokens: 1,
			presencePenalty: -2,
			frequencyPenalty: 2,
			seed: -5,
			stop: ['END'],
			reasoning: { effort: 'low', budgetTokens: 0 },
			timeoutMs: 600_000,
		};
		const settingsOf = (settings: object) =>
			JSON.parse(
				JSON.stringify(configurationRows.parse({ ...full, globals: [{ ...SEEDED, settings }] }).globals[0]?.settings),
			);
		expect(settingsOf(wrong)).toEqual({});
		expect(settingsOf(right)).toEqual(right);
		for (const name of Object.keys(right))
			expect(settingsOf({ ...right, [name]: wrong[name as keyof typeof wrong] })).toEqual({
				...right,
				[name]: undefined,
			});
	});

	it('lose each field of a routing policy out of bounds but residency, which rules out every key then, and keep the others', () => {
		const wrong = {
			strategy: 'by-mood',
			candidates: [{ model: 'north/m', weight: 0 }],
			weight: 1e9,
			sticky: 'yes',
			residency: ['EU!'],
			contextFallbacks: 'north/m',
			contentFilterFallbacks: [1],
			maxAttempts: 11,
			firstEventTimeoutMs: 600_001,
			idleTimeoutMs: 0,
			totalTimeoutMs: -1,
			commitTimeoutMs: '5',
		};
		const right = {
			strategy: 'lowest-cost',
			candidates: [{ model: 'north/m', weight: 0.001 }, { model: 'profile:p' }],
			weight: 1_000,
			sticky: false,
			residency: ['eu'],
			contextFallbacks: [],
			contentFilterFallbacks: ['north/m'],
			maxAttempts: 10,
			firstEventTimeoutMs: 600_000,
			idleTimeoutMs: 1,
			totalTimeoutMs: 3_600_000,
			commitTimeoutMs: 1,
		};
		const { candidates: _candidates, weight: _weight, ...shared } = right;
		const read = (routing: object) => {
			const profiles = { p: { provider: 'north', model: 'm', routing } };
			const organization = { ...full.organization, configuration: { profiles, routing } };
			const rows = configurationRows.parse({ ...full, organization, agent: { ...full.agent, routing } });
			const { configuration } = rows.organization;
			const all = [rows.agent?.routing, configuration.profiles?.p?.routing, configuration.routing];
			return JSON.parse(JSON.stringify(all));
		};
		const nobody = { residency: [] };
		expect(read(wrong)).toEqual([nobody, nobody, nobody]);
		expect(read(right)).toEqual([right, right, shared]);
		for (const name of Object.keys(right)) {
			const { [name as keyof typeof right]: _, ...kept } = right;
			const left = name === 'residency' ? { ...kept, ...nobody } : kept;
			expect(read({ ...right, [name]: wrong[name as keyof typeof wrong] })[0]).toEqual(left);
		}
	});

	it.each([['no policy at all'], [['eu']], [null], [7]])(
		'rule out every key where a policy of profile or organization is %j',
		(routing) => {
			const profiles = { p: { provider: 'north', model: 'm', routing } };
			const organization = { ...full.organization, configuration: { profiles, routing } };
			const { configuration } = configurationRows.parse({ ...full, organization }).organization;
			expect(configuration.profiles?.p?.routing).toEqual({ residency: [] });
			expect(configuration.routing).toEqual({ residency: [] });
		},
	);

	const contextRead = (context: unknown) => {
		const profiles = { p: { provider: 'north', model: 'm', context } };
		const organization = { ...full.organization, configuration: { profiles, context } };
		const { configuration } = configurationRows.parse({ ...full, organization }).organization;
		return JSON.parse(JSON.stringify([configuration.profiles?.p?.context, configuration.context]));
	};

	it.each<[string, object, object]>([
		['an unknown mode is none', { mode: 'squeeze', maxInputTokens: 9 }, { maxInputTokens: 9 }],
		['a summarizer that is no name is none', { mode: 'summarize', summarizer: 7 }, { mode: 'summarize' }],
		['a figure above the bounds is the bound', { maxInputTokens: 1e12 }, { maxInputTokens: 100_000_000 }],
		['a fraction counts as the whole number below', { maxOutputTokens: 99.9 }, { maxOutputTokens: 99 }],
		['a figure below one lets nothing through', { maxInputTokens: -5 }, { maxInputTokens: 1 }],
		[
			'what is no figure lets nothing through',
			{ maxInputTokens: '900', maxOutputTokens: null },
			{
				maxInputTokens: 1,
				maxOutputTokens: 1,
			},
		],
		['a field of another release is left out', { mode: 'off', shrink: true }, { mode: 'off' }],
	])('of a context policy: %s', (_, context, read) => {
		expect(contextRead(context)).toEqual([read, read]);
		expect(configurationRows.parse({ ...full, agent: { ...full.agent, context } }).agent?.context).toMatchObject(read);
	});

	it.each([['no policy at all'], [['trim']], [null], [7]])(
		'let nothing through where a context policy is %j',
		(context) => {
			const closed = { maxInputTokens: 1, maxOutputTokens: 1 };
			expect(contextRead(context)).toEqual([closed, closed]);
		},
	);

	it('of an older format are not read: they say nothing of what came later', () => {
		const { format: _, ...older } = full;
		expect(configurationRows.safeParse(older).success).toBe(false);
		expect(configurationRows.safeParse({ ...full, format: 1 }).success).toBe(false);
	});

	it('are not read where an older release wrote them', () => {
		const { globals: _globals, models: _models, ...others } = full;
		const older = {
			...others,
			global: { provider: null, model: null, settings: {} },
			agent: agentRow({ preferences: { ...preferences(), systemPrompt: 'Hi' } as never }),
		};
		expect(configurationRows.safeParse(older).success).toBe(false);
	});

	it.each([
		['no organization', { ...full, organization: undefined }],
		['a version that is no integer', { ...full, organization: { ...full.organization, version: '3' } }],
		['a plan nobody sells', { ...full, organization: { ...full.organization, plan: 'gold' } }],
		['money that is no number', { ...full, organization: { ...full.organization, budgetDayNanoUsd: '1e9' } }],
		['a provider row without an id', { ...full, providers: [{ ...providerRow(), id: null }] }],
		['a price that is no number', { ...full, globals: [globalRow({ inputPricePico: '0.5' })] }],
		['an own price that is negative', { ...full, models: [modelRow({ prices: { input: '-1', output: '1' } })] }],
		['another shape', { v: 0 }],
		['a list', []],
		['nothing', null],
	])('are not read where they hold %s', (_, value) => {
		expect(configurationRows.safeParse(value).success).toBe(false);
	});
});
