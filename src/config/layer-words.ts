/** Who says what of the fields that are no setting of a model: chain, embedding model, prompt, limits. Pure. */
import type { Snapshot } from '../gateway/ports';
import type { Survey } from '../gateway/route';
import type { LedgerLimits } from '../ledger/contract';
import type { Provider } from '../providers/provider';
import { PLAN_FREE } from './candidates';
import { decided, type Explained, type Word } from './decided';
import type { EnvironmentLayer } from './environment';
import { inForce } from './resolve';
import type { ConfigurationRows, OrganizationRow } from './rows';

export type ExplainedLimits = { readonly [K in keyof LedgerLimits]: Explained<LedgerLimits[K]> };
export type ExplainedPrompt = Explained<{ readonly version: number; readonly hash: string } | null>;

const said = <T>(origin: Word<T>['origin'], name: string | null, value: T, barred: string | null = null): Word<T> => ({
	origin,
	name,
	value,
	barred,
});

const planBar = (rows: ConfigurationRows): string | null => (inForce(rows) ? null : PLAN_FREE);

/** `surveyed` null: it was not clear what is asked for, so nothing is known of what follows it. */
export function explainedFallbacks(
	rows: ConfigurationRows,
	environment: EnvironmentLayer,
	surveyed: Survey | null,
): Explained<readonly string[]> {
	const { agent, organization } = rows;
	const { fallbackChain, fallbacks = {} } = organization.configuration;
	const barred = planBar(rows);
	const key = surveyed?.names.find((name) => Object.hasOwn(fallbacks, name));
	const named = key === undefined ? undefined : fallbacks[key];
	const own = agent?.preferences?.provider ? agent.preferences.fallbacks : (agent?.fallbacks ?? []);
	const words: Word<readonly string[]>[] = [said('environment', 'FALLBACK_CHAIN', environment.fallbackChain)];
	if (fallbackChain) words.push(said('organization', null, fallbackChain, barred));
	if (key !== undefined && named) words.push(said('organization', key, named, barred));
	if (agent && own.length > 0) words.push(said('agent', agent.slug, own));
	if (surveyed?.chain.by === 'request') words.push(said('request', null, surveyed.chain.names));
	return decided(words, []);
}

/** Of an embedding request without a model. `shared`: what it gets where neither agent nor organization names one. */
export function explainedEmbedding(
	rows: ConfigurationRows,
	shared: string | null,
	provider: (id: string) => Provider | null,
): Explained<string | null> {
	const words: Word<string | null>[] = [];
	if (shared !== null) {
		const slash = shared.indexOf('/');
		const builtIn = provider(shared.slice(0, slash))?.embeddings?.defaultModel === shared.slice(slash + 1);
		words.push(said(builtIn ? 'default' : 'environment', null, shared));
	}
	const { embeddingModel } = rows.organization.configuration;
	if (embeddingModel) words.push(said('organization', null, embeddingModel, planBar(rows)));
	const own = rows.agent?.preferences?.embeddingModel;
	if (rows.agent && own) words.push(said('agent', rows.agent.slug, own));
	return decided(words, null);
}

export function explainedPrompt({ agent }: Pick<Snapshot, 'agent'>): ExplainedPrompt {
	if (!agent?.prompt) return decided<ExplainedPrompt['value']>([], null);
	const { version, hash } = agent.prompt;
	return decided([said('agent', agent.slug, { version, hash })], null);
}

const amount = (digits: string | null): bigint | null => (digits === null ? null : BigInt(digits));

function limit<T>(environment: T | null, variable: string, organization: T | null): Explained<T | null> {
	const words: Word<T | null>[] = [];
	if (environment !== null) words.push(said('environment', variable, environment));
	if (organization !== null) words.push(said('organization', null, organization));
	return decided(words, null);
}

/** Of the organization as a whole. */
export function explainedLimits(
	{ requestsPerMinute, requestsPerDay, budgetDayNanoUsd, budgetMonthNanoUsd }: OrganizationRow,
	environment: EnvironmentLayer,
): ExplainedLimits {
	return {
		requestsPerMinute: limit(environment.requestsPerMinute, 'LLM_RATE_LIMIT_PER_MINUTE', requestsPerMinute),
		requestsPerDay: limit(environment.requestsPerDay, 'LLM_RATE_LIMIT_PER_DAY', requestsPerDay),
		budgetDayNanoUsd: limit(null, '', amount(budgetDayNanoUsd)),
		budgetMonthNanoUsd: limit(null, '', amount(budgetMonthNanoUsd)),
	};
}
