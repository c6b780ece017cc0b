import { describe, expect, it } from 'vitest';
import { catalog } from '../../../src/catalog';
import { type LiveList, type LiveModel, withLive } from '../../../src/catalog/live';
import type { Credential } from '../../../src/gateway/ports';

const AT = Date.UTC(2026, 10, 20, 23);
const credential = (rowId: string | null = null): Credential => ({
	rowId,
	name: 'row',
	source: 'organization',
	apiKey: null,
	baseUrl: 'http://server',
	trust: 'operator',
	config: {},
});
const listOf = (models: readonly LiveModel[]): LiveList => ({ at: AT, baseUrl: 'http://server', models });

/** `lists`: by row id, or `''` for what everybody sees. */
function over(lists: Readonly<Record<string, readonly LiveModel[]>>, local: readonly string[] = ['ollama']) {
	const kept = new Map(Object.entries(lists).map(([rowId, models]) => [rowId, listOf(models)]));
	return withLive(catalog(local), {
		list: (_, by) => kept.get(by?.rowId ?? '') ?? null,
		refresh: async () => undefined,
	});
}

describe('a live list over the catalog', () => {
	it('changes nothing where there is none', () => {
		const { facts, models } = over({});
		expect(facts('openrouter', 'openai/gpt-4o', credential())).toBe(facts('openrouter', 'openai/gpt-4o'));
		expect(models('openrouter')).toContain('openai/gpt-4o');
		expect(facts('openrouter', 'vendor/new', credential())).toMatchObject({ known: false, prices: null });
	});

	it('makes a model known that the catalog does not know', () => {
		const { facts } = over({
			'': [
				{
					id: 'vendor/new',
					kind: 'chat',
					contextWindow: 500_000,
					maxOutput: 900_000,
					input: ['image', 'text'],
					tools: true,
					structuredOutput: true,
					reasoning: false,
					sampling: false,
					prices: [
						[1_000_000, 4_000_000, 100_000, 1_250_000],
						[200_000, 2_000_000, 8_000_000],
					],
					created: 1_790_000_000,
				},
			],
		});
		expect(facts('openrouter', 'vendor/new')).toEqual({
			provider: 'openrouter',
			model: 'vendor/new',
			known: true,
			source: 'live',
			kind: 'chat',
			contextWindow: 500_000,
			inputLimit: null,
			maxOutput: 500_000,
			input: ['image', 'text'],
			tools: true,
			structuredOutput: true,
			reasoning: false,
			reasoningOptions: [],
			sampling: false,
			tokenizer: 'unknown',
			prices: {
				input: 1_000_000n,
				output: 4_000_000n,
				cacheRead: 100_000n,
				cacheWrite5m: 1_250_000n,
				tiers: [{ above: 200_000, prices: { input: 2_000_000n, output: 8_000_000n } }],
			},
			priceVersion: 'live-2026-11-20',
			created: 1_790_000_000,
		});
	});

	it('puts new prices in place of old ones, whose tiers hold only while the base does', () => {
		const model = 'anthropic/claude-sonnet-4.5';
		const listed = catalog().facts('openrouter', model).prices;
		const same = over({ '': [{ id: model, prices: [[3_000_000, 15_000_000, 300_000, 3_750_000]] }] });
		expect(same.facts('openrouter', model).prices).toEqual(listed);
		const cheaper = over({ '': [{ id: model, prices: [[1_000_000, 5_000_000]] }] });
		expect(cheaper.facts('openrouter', model).prices).toEqual({ input: 1_000_000n, output: 5_000_000n });
		const unpriced = over({ '': [{ id: model, prices: 0 }] });
		expect(unpriced.facts('openrouter', model)).toMatchObject({ prices: null, priceVersion: null });
	});

	it('keeps what the list does not say', () => {
		const { facts } = over({ '': [{ id: 'openai/gpt-4o' }] });
		const { source, ...sheet } = facts('openrouter', 'openai/gpt-4o');
		expect(source).toBe('live');
		expect(sheet).toEqual({ ...catalog().facts('openrouter', 'openai/gpt-4o'), source: undefined });
	});

	it('sells a way of routing on terms that nobody listed', () => {
		const { facts } = over({ '': [{ id: 'vendor/new', contextWindow: 9_000, prices: [[1, 1]] }] });
		expect(facts('openrouter', 'vendor/new:nitro')).toMatchObject({ known: true, contextWindow: 9_000, prices: null });
	});

	it('lists what it names, and of the catalog only the embedding models that it leaves out', () => {
		const { models } = over({ '': [{ id: 'vendor/new' }, { id: 'openai/gpt-4o' }] });
		const listed = models('openrouter');
		expect(listed.slice(0, 2)).toEqual(['vendor/new', 'openai/gpt-4o']);
		expect(listed).toContain('openai/text-embedding-3-small');
		expect(listed).not.toContain('anthropic/claude-sonnet-4.5');
	});

	it('is seen through the credential that opened it and no other', () => {
		const { facts, models } = over({ mine: [{ id: 'secret-model', contextWindow: 4_096 }] });
		expect(facts('custom', 'secret-model', credential('mine'))).toMatchObject({ known: true, contextWindow: 4_096 });
		expect(facts('custom', 'secret-model', credential('theirs')).known).toBe(false);
		expect(facts('custom', 'secret-model').known).toBe(false);
		expect(models('custom', credential('mine'))).toEqual(['secret-model']);
		expect(models('custom', credential('theirs'))).toEqual([]);
	});

	it('of a server of one’s own tells figures and costs nothing', () => {
		const { facts, models } = over({
			'': [{ id: 'llama3.2:latest', contextWindow: 131_072, tools: true }, { id: 'a-name' }],
		});
		expect(facts('ollama', 'llama3.2')).toMatchObject({
			known: true,
			source: 'live',
			contextWindow: 131_072,
			prices: { input: 0n, output: 0n },
			priceVersion: 'local',
		});
		expect(facts('ollama', 'a-name')).toMatchObject({ known: false, source: 'live', contextWindow: 8_192 });
		expect(models('ollama')).toEqual(['llama3.2:latest', 'a-name']);
	});
});

describe('a bare name', () => {
	const { locate } = over({
		'': [{ id: 'llama3.2:latest' }, { id: 'meta/muse-x' }, { id: 'a/same' }, { id: 'b/same' }],
	});
	const ollama = { ollama: [credential()] };

	it.each([
		['llama3.2:latest', 'llama3.2:latest'],
		['llama3.2', 'llama3.2:latest'],
		['muse-x', 'meta/muse-x'],
	])('%s is found in the list of a configured server', (name, model) => {
		expect(locate(name, ['ollama'], ollama)).toEqual({ provider: 'ollama', model });
	});

	it('is the catalog’s where a configured provider has it', () => {
		expect(locate('gpt-4o', ['openai', 'ollama'], ollama)).toEqual({ provider: 'openai', model: 'gpt-4o' });
	});

	it('is not guessed where several end with it, nor looked for without a credential', () => {
		expect(locate('same', ['ollama'], ollama)).toBeNull();
		expect(locate('llama3.2', ['ollama'])).toBeNull();
	});
});
