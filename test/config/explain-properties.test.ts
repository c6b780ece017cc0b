import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Explained } from '../../src/config/decided';
import { type ExplainInput, type ExplainRequest, type Explanation, explain } from '../../src/config/explain';
import type { ExplainedTarget } from '../../src/config/explained-target';
import type { Layers } from '../../src/config/resolve';
import { resolvedConfiguration } from '../../src/config/snapshot';
import type { Candidate } from '../../src/gateway/candidate';
import { contextOf } from '../../src/gateway/context-policy';
import type { Caller, Snapshot } from '../../src/gateway/ports';
import { withPresets } from '../../src/gateway/preset';
import { refusalOf } from '../../src/gateway/refusal';
import { agentSlugOf, rank, survey } from '../../src/gateway/route';
import { CONTEXT_FIELDS, CONTEXT_MODES, type ContextPolicy } from '../../src/language/context';
import { ROUTING_FIELDS, type RoutingPolicy } from '../../src/language/routing';
import { type ModelSettings, SETTING_NAMES } from '../../src/language/settings';
import { callerOf, needsOf, rankFactsOf } from '../gateway/snapshots';
import { catalog, ENVIRONMENT, registry } from './explaining';
import { deepFrozen, layersArbitrary, nameArbitrary, settingsArbitrary } from './layers';

const request = fc.record({
	model: fc.option(
		fc.oneof(
			nameArbitrary,
			nameArbitrary.map((name) => `profile:${name}`),
			fc.constantFrom('default', 'agent:support', 'north/m', 'south/m'),
		),
		{ nil: undefined },
	),
	models: fc.option(
		fc.uniqueArray(fc.constantFrom('profile:one', 'north/m', 'south/m', 'two', 'nowhere/x'), { maxLength: 3 }),
		{ nil: undefined, freq: 4 },
	),
	agent: fc.constantFrom(null, 'support'),
	fallback: fc.boolean(),
	strict: fc.constant(false),
	kind: fc.constantFrom('chat' as const, 'embedding' as const),
	settings: settingsArbitrary.map(({ timeoutMs: _, ...settings }) => settings as ModelSettings),
	context: fc.oneof(
		fc.constant({}),
		fc.constantFrom(...CONTEXT_MODES).map((mode) => ({ mode })),
	),
});
const caller = fc
	.record({ mayOverrideModel: fc.boolean(), mayOverrideSettings: fc.boolean(), limited: fc.boolean() })
	.map(({ limited, ...may }) => callerOf({ ...may, ...(limited && { allowedAgents: ['support'] }) }));

interface Asked {
	readonly explanation: Explanation;
	readonly input: ExplainInput;
	readonly snapshot: Snapshot;
}

const cases = fc.tuple(layersArbitrary('own', 'north'), request, caller);

function asked([layers, asking, by]: [Layers, ExplainRequest, Caller]): Asked {
	const environment = { ...ENVIRONMENT, ...layers.environment };
	const named = agentSlugOf(asking.model, asking.agent) !== null;
	const rows = named ? layers.rows : { ...layers.rows, agent: null };
	const keys = new Map(rows.providers.map(({ id }) => [id, 'opened']));
	const input = { rows: deepFrozen(rows), keys, environment, catalog, registry, caller: by, request: asking };
	const resolved = resolvedConfiguration(rows, keys, environment);
	return { input, explanation: explain(input), snapshot: { ...resolved, caller: by, fresh: true } };
}

const fieldsOf = ({
	model,
	settings,
	prompt,
	embeddingModel,
	fallbacks,
	routing,
	context,
	limits,
}: Explanation): Explained<unknown>[] => [
	model,
	...Object.values(settings),
	prompt,
	embeddingModel,
	fallbacks,
	...Object.values(routing),
	...Object.values(context),
	...Object.values(limits),
];

/** What holds where no policy says anything. */
const OTHERWISE: RoutingPolicy = {
	strategy: 'priority',
	sticky: true,
	maxAttempts: ENVIRONMENT.time.maxAttempts,
	firstEventTimeoutMs: ENVIRONMENT.time.firstEventMs,
	idleTimeoutMs: ENVIRONMENT.time.idleMs,
	totalTimeoutMs: ENVIRONMENT.time.totalMs,
};

/** What the path itself would make of it. */
function routed({ input, snapshot }: Asked) {
	const { model, models, kind, fallback, agent } = input.request;
	const question = { kind, model, models, agentSlug: agentSlugOf(model, agent), fallback };
	try {
		return survey(question, { snapshot, catalog, registry });
	} catch {
		return null;
	}
}

describe('an explanation, whatever the layers', () => {
	it('gives each field the value of the one layer that wins, or of none', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { explanation } = asked(given);
				for (const { value, origin, layers } of fieldsOf(explanation)) {
					const winners = layers.filter(({ wins }) => wins);
					expect(winners.length).toBeLessThanOrEqual(1);
					for (const { wins, reason } of layers) expect(wins).toBe(reason === null);
					if (winners[0]) expect(origin).toBe(winners[0].origin);
					if (winners[0] && typeof winners[0].value !== 'object') expect(value).toEqual(winners[0].value);
				}
			}),
		);
	});

	it('says what the path does: the same targets in the same order, or the same refusal', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { explanation, input, ...rest } = asked(given);
				const { chain, refusal, fallbacks, model } = explanation;
				const path = routed({ explanation, input, ...rest });
				if (!path) {
					expect(chain).toEqual([]);
					expect(refusal).not.toBeNull();
					return;
				}
				const names = [path.first, ...path.others].map(({ target }) => target?.name ?? null);
				expect(chain.map(({ answers }) => answers?.model ?? null)).toEqual(names);
				expect(refusal?.message ?? null).toBe(refusalOf(path)?.message ?? null);
				expect(fallbacks.value).toEqual(path.chain.names);
				const { target } = path.first;
				// A bare name that the organization declares is shown as it was named.
				if (target && input.request.kind === 'chat') expect([target.name, target.model]).toContain(model.value);
			}),
		);
	});

	it('says by which policy the path decides, and who stands beside whom', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const made = asked(given);
				const path = routed(made);
				if (!path) return;
				const { explanation } = made;
				const { policy, group, contextOthers, filterOthers } = path;
				for (const field of ROUTING_FIELDS) {
					if (field === 'candidates' || field === 'weight') continue;
					expect(explanation.routing[field]?.value ?? undefined).toEqual(policy[field] ?? OTHERWISE[field]);
				}
				const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
				const candidates = explanation.routing.candidates?.value ?? [];
				expect(candidates.map(({ model }) => model)).toEqual(names(group));
				expect(names(explanation.group)).toEqual(names(group));
				expect(names(explanation.contextChain)).toEqual(names(contextOthers));
				expect(names(explanation.filterChain)).toEqual(names(filterOthers));
			}),
		);
	});

	it('names whoever would be asked, by which key and in which order, and why the others would not', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const made = asked(given);
				const path = routed(made);
				if (!path || refusalOf(path) || (path.policy.strategy ?? 'priority') !== 'priority') return;
				const { chain, group, contextChain, filterChain } = made.explanation;
				const { health, affinity, random, time } = rankFactsOf();
				const facts = { snapshot: made.snapshot, catalog, registry, health, affinity, random, time };
				const route = rank(path, needsOf({ promptTokens: 10 }), null, facts);
				const told = (all: readonly ExplainedTarget[]) =>
					all.flatMap(({ answers }) => (answers?.keys ?? []).map(({ rowId }) => [answers?.model, rowId]));
				const tried = (all: readonly Candidate[]) =>
					all.map(({ target: { name, credential } }) => [name, credential.rowId]);
				const shown = [...chain.slice(0, 1), ...group, ...chain.slice(1)];
				expect(told(shown)).toEqual(tried(route.candidates));
				expect(told(contextChain)).toEqual(tried(route.contextChain));
				expect(told(filterChain)).toEqual(tried(route.filterChain));
				const reasons = route.skipped.map(({ reason }) => reason?.replace(/^\w+Fallbacks: /, ''));
				const all = [...shown, ...contextChain, ...filterChain];
				const unfit = all.filter(({ usable, barred }) => !usable && barred.length === 0);
				expect(reasons.filter((reason) => !reason?.startsWith('residency:'))).toEqual(
					unfit.map(({ reason }) => reason),
				);
				expect(reasons.length - unfit.length).toBe(all.flatMap(({ barred }) => barred).length);
			}),
			{ numRuns: 300 },
		);
	});

	it('says what is sent: each setting with the value that the path would put into the request', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const made = asked(given);
				const path = routed(made);
				const { settings, kind } = made.input.request;
				if (!path || kind !== 'chat') return;
				const sent = withPresets({ messages: [], ...settings }, path.choice, made.input.caller);
				for (const name of SETTING_NAMES) {
					const value = name === 'timeoutMs' ? sent.settings.timeoutMs : sent.request[name];
					expect(made.explanation.settings[name]?.value ?? undefined).toEqual(value);
				}
			}),
		);
	});

	it('says what may be done to a conversation: each field with the value that the path plans by', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const made = asked(given);
				const path = routed(made);
				const { kind, context } = made.input.request;
				if (!path || kind !== 'chat') return;
				const { policy } = contextOf(context ? { context } : {}, path.choice, made.snapshot);
				const otherwise: ContextPolicy = { mode: 'trim' };
				for (const field of CONTEXT_FIELDS)
					expect(made.explanation.context[field]?.value ?? undefined).toEqual(policy[field] ?? otherwise[field]);
			}),
			{ numRuns: 300 },
		);
	});

	it('is the same for the same input', () => {
		fc.assert(
			fc.property(cases, (given) => {
				const { input, explanation } = asked(given);
				expect(explain(input)).toEqual(explanation);
			}),
		);
	});

	it('of one organization holds nothing of another', () => {
		fc.assert(
			fc.property(layersArbitrary('theirs'), layersArbitrary('ours'), request, (theirs, ours, asking) => {
				const of = ({ rows }: Layers) =>
					explain({
						rows: { ...rows, globals: theirs.rows.globals },
						keys: new Map(),
						environment: ENVIRONMENT,
						catalog,
						registry,
						caller: callerOf(),
						request: asking,
					});
				const before = of(ours);
				of(theirs);
				expect(of(ours)).toEqual(before);
				expect(JSON.stringify(before, (_, part) => (typeof part === 'bigint' ? `${part}` : part))).not.toContain(
					'theirs',
				);
			}),
		);
	});
});
