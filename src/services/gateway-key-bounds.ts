/** Whether one key's policy stays within another's: nobody hands out more than it has. */
import type { Principal } from '../auth/principal';
import { GatewayError } from '../errors';
import { matchesName } from '../providers/model-name';
import type { ServiceContext } from './context';
import { type KeyPolicy, POLICY_FIELDS, type PolicyField } from './gateway-key-policy';
import { nanoUsdOf, usdOf } from './usd';

type Covers<T> = (bound: NonNullable<T>, value: T) => boolean;

/** null is no limit, so that a bound is only kept by a limit of one's own. */
const isSubset: Covers<readonly string[] | null> = (bound, value) =>
	value?.every((entry) => bound.includes(entry)) ?? false;

/** A `*` within a pattern is only covered by a `*`: whatever it stands for, the wider one takes. */
const arePatternsWithin: Covers<readonly string[] | null> = (bound, value) =>
	value?.every((pattern) => bound.some((wider) => matchesName(wider, pattern))) ?? false;

const isAtMost: Covers<number | null> = (bound, value) => value !== null && value <= bound;

const isAmountAtMost: Covers<string | null> = (bound, value) =>
	value !== null && nanoUsdOf(value, 'budget') <= nanoUsdOf(bound, 'budget');

const isNoFreer: Covers<boolean> = (bound, value) => bound || !value;

/** Origins only add to `CORS_ORIGINS`: none are never too many, and an issuer without any is a server. */
const areOriginsWithin: Covers<readonly string[] | null> = (bound, value) =>
	bound.length === 0 || value === null || value.every((entry) => bound.includes(entry));

const COVERS: { readonly [K in PolicyField]: Covers<KeyPolicy[K]> } = {
	scopes: isSubset,
	allowedModels: arePatternsWithin,
	allowedAgents: isSubset,
	allowedProviders: isSubset,
	origins: areOriginsWithin,
	mayOverrideModel: isNoFreer,
	mayOverrideSettings: isNoFreer,
	mayOverridePrompt: isNoFreer,
	requestsPerMinute: isAtMost,
	requestsPerDay: isAtMost,
	budgetDayUsd: isAmountAtMost,
	budgetMonthUsd: isAmountAtMost,
	budgetTotalUsd: isAmountAtMost,
	expiresAt: isAtMost,
};

function exceeds<K extends PolicyField>(field: K, policy: KeyPolicy, bounds: KeyPolicy): boolean {
	const bound = bounds[field];
	return bound !== null && !COVERS[field](bound, policy[field]);
}

/** The first of `fields` in which `policy` allows more than `bounds`; null: in none. */
export const exceeding = (
	policy: KeyPolicy,
	bounds: KeyPolicy,
	fields: readonly PolicyField[] = POLICY_FIELDS,
): PolicyField | null => fields.find((field) => exceeds(field, policy, bounds)) ?? null;

const usd = (nano: bigint | null | undefined): string | null => (nano == null ? null : usdOf(nano));

/** What a key itself may do is all that it may hand out; people and the operator are bounded by their role alone. */
function boundsOf(principal: Principal): KeyPolicy | null {
	if (principal.kind !== 'gateway-key') return null;
	const { limits } = principal;
	return {
		scopes: principal.scopes,
		allowedModels: principal.allowedModels,
		allowedAgents: principal.allowedAgents,
		allowedProviders: principal.allowedProviders,
		origins: principal.origins,
		mayOverrideModel: principal.mayOverrideModel,
		mayOverrideSettings: principal.mayOverrideSettings,
		mayOverridePrompt: principal.mayOverridePrompt,
		requestsPerMinute: limits?.requestsPerMinute ?? null,
		requestsPerDay: limits?.requestsPerDay ?? null,
		budgetDayUsd: usd(limits?.budgetDayNanoUsd),
		budgetMonthUsd: usd(limits?.budgetMonthNanoUsd),
		budgetTotalUsd: usd(limits?.budgetTotalNanoUsd),
		expiresAt: principal.expiresAt,
	};
}

/** Throws `forbidden` naming the first of `fields` in which the caller's own key is narrower. */
export function requireWithin(ctx: ServiceContext, policy: KeyPolicy, fields?: readonly PolicyField[]): void {
	const bounds = boundsOf(ctx.principal);
	const field = bounds && exceeding(policy, bounds, fields);
	if (field) throw tooWide(field);
}

export const tooWide = (field: string): GatewayError =>
	new GatewayError('forbidden', `${field}: a key can't hand out more than it may itself.`, { param: field });
