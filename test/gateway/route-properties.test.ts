import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../src/errors';
import { affinityOf, type Candidate, type Needs, type Route } from '../../src/gateway/candidate';
import { lacking } from '../../src/gateway/filter';
import type { Credential, Snapshot } from '../../src/gateway/ports';
import { type Considered, type RouteRequest, rank, type Survey, survey } from '../../src/gateway/route';
import { type RoutingPolicy, STRATEGIES } from '../../src/language/routing';
import { choiceOf, needsOf, randomOf, rankFactsOf, requestOf, routingOf, rowOf } from './snapshots';

const PROVIDERS = ['openai', 'groq', 'deepseek', 'mistral'];
const MODELS = ['a', 'b', 'c'];

const name = fc.oneof(
	{
		weight: 8,
		arbitrary: fc.tuple(fc.constantFrom(...PROVIDERS), fc.constantFrom(...MODELS)).map((two) => two.join('/')),
	},
	{ weight: 2, arbitrary: fc.constantFrom('profile:own', 'profile:gone', 'quick', 'nowhere/x', 'nobody', 'openai/') },
);

const key = fc.record({
	residency: fc.constantFrom('eu', 'us', undefined),
	weight: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
	limited: fc.boolean(),
});

const credentials = fc
	.dictionary(fc.constantFrom(...PROVIDERS), fc.array(key, { minLength: 1, maxLength: 11 }))
	.map((pools) =>
		Object.fromEntries(
			Object.entries(pools).map(([provider, keys]) => [
				provider,
				keys.map(({ residency, weight, limited }, at): Credential => {
					const config = { ...(residency !== undefined && { residency }), ...(weight !== undefined && { weight }) };
					return rowOf(`${provider}${at}`, { mark: limited ? 'limited' : 'free', config });
				}),
			]),
		),
	);

const policy = fc.record(
	{
		strategy: fc.constantFrom(...STRATEGIES),
		candidates: fc.array(
			fc.record({ model: name, weight: fc.integer({ min: 1, max: 5 }) }, { requiredKeys: ['model'] }),
			{ maxLength: 6 },
		),
		sticky: fc.boolean(),
		residency: fc.constantFrom(['eu'], ['eu', 'us'], ['nowhere'], []),
		contextFallbacks: fc.array(name, { maxLength: 3 }),
		contentFilterFallbacks: fc.array(name, { maxLength: 3 }),
	},
	{ requiredKeys: [] },
);

const facts = fc.record(
	{
		known: fc.boolean(),
		tools: fc.boolean(),
		contextWindow: fc.constantFrom(500, 128_000),
		prices: fc.constantFrom(
			null,
			{ input: 0n, output: 0n },
			{ input: 3_000_000n, output: 1_000n },
			{ input: 1_000n, output: 5_000_000n, cacheRead: 1n },
		),
	},
	{ requiredKeys: [] },
);

const needs = fc.record({ tools: fc.boolean(), promptTokens: fc.constantFrom(10, 1_000) }).map(needsOf);

const request = fc
	.record({
		model: fc.option(name, { nil: undefined }),
		models: fc.option(fc.array(name, { maxLength: 12 }), { nil: undefined }),
		fallback: fc.boolean(),
	})
	.map(requestOf);

interface Case {
	readonly surveyed: Survey;
	readonly snapshot: Snapshot;
	readonly needs: Needs;
	readonly policy: RoutingPolicy;
	/** The same survey ranked again, by the same chance, with nothing remembered. */
	readonly rank: () => { readonly route: Route } | { readonly refused: GatewayError };
}

const casesOf = (requests: fc.Arbitrary<RouteRequest>, policies: fc.Arbitrary<RoutingPolicy>) =>
	fc
		.tuple(
			fc.tuple(requests, needs, policies, credentials),
			fc.array(name, { maxLength: 12 }),
			fc.dictionary(
				fc.tuple(fc.constantFrom(...PROVIDERS), fc.constantFrom(...MODELS)).map((two) => two.join('/')),
				facts,
			),
			fc.integer(),
		)
		.map(([[asked, needed, ruling, pools], fallbackChain, models, seed]): Case | null => {
			const routing = routingOf(ruling);
			const stage = () =>
				rankFactsOf({
					models,
					random: randomOf(seed),
					measures: {
						'openai@openai0.test': { firstEventMs: 90 },
						groq: { firstEventMs: 300, outputTokensPerSecond: 9 },
					},
					standings: { limited: { limitedUntil: 2_000_000 } },
					snapshot: {
						credentials: pools,
						defaultChoice: { ...choiceOf('openai/a'), routing },
						profiles: { own: { ...choiceOf('groq/b'), credentialRowId: 'groq1', routing } },
						aliases: { quick: 'deepseek/c' },
						fallbackChain,
						routing,
					},
				});
			const facts = stage();
			try {
				const surveyed = survey(asked, facts);
				return {
					surveyed,
					snapshot: facts.snapshot,
					needs: needed,
					policy: ruling,
					rank: () => {
						try {
							return { route: rank(surveyed, needed, { request: { messages: [] } }, stage()) };
						} catch (error) {
							return { refused: error as GatewayError };
						}
					},
				};
			} catch {
				return null;
			}
		})
		.filter((one) => one !== null);

const cases = casesOf(request, policy);
/** Several that are as good as each other, at different prices. */
const priced = casesOf(
	fc.constant(requestOf()),
	policy.map(({ candidates = [], residency: _, ...others }) => ({
		...others,
		strategy: 'lowest-cost',
		candidates: [{ model: 'groq/b' }, { model: 'deepseek/c' }, ...candidates],
	})),
);

const identity = ({ target }: Candidate): string =>
	`${target.provider.id}/${target.model} ${target.credential.rowId ?? ''}`;

const keysOf = ({ target, keys }: Considered): string[] =>
	keys.map(({ rowId }) => `${target?.provider.id}/${target?.model} ${rowId}`);

/** As steps and candidates call it. */
function calledOf({ name: written, target, barred }: Considered): string {
	const located = target ?? barred[0];
	return located ? `${located.provider.id}/${located.model}` : written;
}

function* ranked(given: Case): Generator<Route> {
	const found = given.rank();
	if ('route' in found) yield found.route;
}

/** Who may be asked: those of the context chain in the place of all others, where of these none holds the conversation. */
const chainOf = ({ surveyed }: Case, { candidates, contextChain }: Route): readonly Considered[] =>
	candidates === contextChain ? surveyed.contextOthers : [surveyed.first, ...surveyed.group, ...surveyed.others];

const check = (property: (given: Case) => void): void => {
	fc.assert(fc.property(cases, property), { numRuns: 400 });
};

/** The configuration chooses. */
const isChosen = (model: string | undefined): boolean => model === undefined || /^(default|agent:.*|)$/.test(model);

describe('whatever the configuration and the request', () => {
	it('a candidate is one that the survey names, and none is there twice', () => {
		check((given) => {
			for (const route of ranked(given)) {
				const { candidates } = route;
				const named = new Set(chainOf(given, route).flatMap(keysOf));
				const found = candidates.map(identity);
				expect(candidates.length).toBeGreaterThan(0);
				expect(candidates.length).toBeLessThanOrEqual(24);
				expect(new Set(found).size).toBe(found.length);
				for (const one of found) expect(named).toContain(one);
			}
		});
	});

	it('a name has a candidate, or a step that says why it has none', () => {
		check((given) => {
			const { first, group, others } = given.surveyed;
			for (const { candidates, skipped } of ranked(given)) {
				const steps = skipped.map(({ provider, model }) => (provider ? `${provider}/${model}` : model));
				const found = new Set([...steps, ...candidates.map(({ target }) => `${target.provider.id}/${target.model}`)]);
				for (const one of [...group, ...others]) expect(found).toContain(calledOf(one));
				expect(first.target === null ? steps.length > 0 : found.has(calledOf(first))).toBe(true);
				for (const { reason, outcome } of skipped) {
					expect(outcome).toBe('skipped');
					expect(reason).toMatch(/\w{2}/);
				}
			}
		});
	});

	it('residency is never left, in none of the chains', () => {
		check((given) => {
			const { residency } = given.surveyed.policy;
			if (!residency) return;
			for (const { candidates, contextChain, filterChain } of ranked(given))
				for (const { target } of [...candidates, ...contextChain, ...filterChain])
					expect(residency).toContain(target.credential.config.residency);
		});
	});

	it('what a model lacks leaves nobody out where it would leave nobody', () => {
		check((given) => {
			const isAble = ({ target }: Considered) => target !== null && lacking(target.facts, given.needs) === null;
			const { first, group, others } = given.surveyed;
			for (const route of ranked(given)) {
				const { candidates } = route;
				const lack = candidates.filter(({ target }) => lacking(target.facts, given.needs) !== null);
				const able = chainOf(given, route).some(isAble);
				expect(lack.length).toBe(able ? 0 : candidates.length);
				if (!able) expect([first, ...group, ...others].some(isAble)).toBe(false);
			}
		});
	});

	it('somebody is asked wherever the first name, its group or, in the place of one not insisted on, a later one can be', () => {
		check((given) => {
			const { first, group, others, request } = given.surveyed;
			const found = given.rank();
			const chosen = (request.models?.length ?? 0) > 1 || (!request.models?.length && isChosen(request.model));
			const missing = chosen && first.refusal?.code === 'model_not_found';
			if (first.target) expect(found).toHaveProperty('route');
			const substitutes =
				(first.barred.length > 0 || group.length > 0 || missing) && [...group, ...others].some(({ target }) => target);
			expect('route' in found).toBe(first.target !== null || substitutes);
			if ('refused' in found && first.barred.length > 0)
				expect(found.refused).toMatchObject({ code: 'forbidden', param: 'model' });
		});
	});

	it('the same survey and the same chance give the same order', () => {
		check((given) => {
			const twice = [given.rank(), given.rank()].map((found) =>
				'route' in found
					? found.route.candidates.map(({ target, score }) => [affinityOf(target), score])
					: found.refused.message,
			);
			expect(twice[0]).toEqual(twice[1]);
		});
	});

	it('those as good as the first come before the chain, and the chain in its order', () => {
		check((given) => {
			const { first, group, others } = given.surveyed;
			const placeOf = new Map([
				...[first, ...group].flatMap((one) => keysOf(one).map((key) => [key, 0] as const)),
				...others.flatMap((one, at) => keysOf(one).map((key) => [key, at + 1] as const)),
			]);
			for (const { candidates } of ranked(given)) {
				const places = candidates.map((one) => placeOf.get(identity(one)) ?? -1);
				expect(places).toEqual(places.toSorted((left, right) => left - right));
			}
		});
	});

	it('by cost, the scores of those as good as the first rise, the unknown last', () => {
		let compared = 0;
		const rise = (given: Case): void => {
			const { first, group } = given.surveyed;
			const alike = new Set([first, ...group].flatMap(keysOf));
			for (const { candidates } of ranked(given)) {
				const scores = candidates
					.filter((one) => alike.has(identity(one)))
					.map(({ score }) => score ?? Number.POSITIVE_INFINITY);
				expect(scores).toEqual(scores.toSorted((left, right) => left - right));
				if (new Set(scores).size > 1) compared += 1;
			}
		};
		fc.assert(fc.property(priced, rise), { numRuns: 400 });
		expect(compared).toBeGreaterThan(20);
	});
});
