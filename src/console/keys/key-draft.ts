/** A gateway key as its form holds it, and as the API takes it. */
import { changedFields } from '../data/changed';
import type { CreateGatewayKey, GatewayKey, UpdateGatewayKey } from '../data/types';

export const LIFETIMES = [
	{ value: 'never', label: 'Never' },
	{ value: '1', label: 'In a day' },
	{ value: '7', label: 'In a week' },
	{ value: '30', label: 'In 30 days' },
	{ value: '90', label: 'In 90 days' },
	{ value: '365', label: 'In a year' },
	{ value: 'custom', label: 'At a time of your choice' },
] as const;

/** The lifetime of a key that has an end, until another one is chosen. */
export const KEPT = 'kept';

/** '' is a field left empty: no limit of its own. */
export interface KeyDraft {
	readonly name: string;
	readonly inference: boolean;
	readonly manage: boolean;
	/** None: all, in this and the next two. */
	readonly allowedModels: readonly string[];
	readonly allowedAgents: readonly string[];
	readonly allowedProviders: readonly string[];
	readonly origins: readonly string[];
	/** `value` of one of `LIFETIMES`, or `KEPT`. */
	readonly lifetime: string;
	/** Local date and time, where the lifetime is `custom`. */
	readonly expiresAt: string;
	/** ms since epoch; where the lifetime is `KEPT`. */
	readonly endsAt: number | null;
	readonly mayOverrideModel: boolean;
	readonly mayOverrideSettings: boolean;
	readonly mayOverridePrompt: boolean;
	readonly requestsPerMinute: number | '';
	readonly requestsPerDay: number | '';
	/** Decimal USD, in this and the next two. */
	readonly budgetDayUsd: string;
	readonly budgetMonthUsd: string;
	readonly budgetTotalUsd: string;
}

/** Parameters of the API that the form has a field for. */
export const FIELDS = [
	'name',
	'scopes',
	'allowedModels',
	'allowedAgents',
	'allowedProviders',
	'origins',
	'expiresAt',
	'mayOverrideModel',
	'mayOverrideSettings',
	'mayOverridePrompt',
	'requestsPerMinute',
	'requestsPerDay',
	'budgetDayUsd',
	'budgetMonthUsd',
	'budgetTotalUsd',
] as const;

export const NEW_KEY: KeyDraft = {
	name: '',
	inference: true,
	manage: false,
	allowedModels: [],
	allowedAgents: [],
	allowedProviders: [],
	origins: [],
	lifetime: 'never',
	expiresAt: '',
	endsAt: null,
	mayOverrideModel: true,
	mayOverrideSettings: true,
	mayOverridePrompt: true,
	requestsPerMinute: '',
	requestsPerDay: '',
	budgetDayUsd: '',
	budgetMonthUsd: '',
	budgetTotalUsd: '',
};

export const draftOf = (row: GatewayKey): KeyDraft => ({
	name: row.name,
	inference: row.scopes.includes('inference'),
	manage: row.scopes.includes('manage'),
	allowedModels: row.allowedModels ?? [],
	allowedAgents: row.allowedAgents ?? [],
	allowedProviders: row.allowedProviders ?? [],
	origins: row.origins ?? [],
	lifetime: row.expiresAt === null ? 'never' : KEPT,
	expiresAt: '',
	endsAt: row.expiresAt,
	mayOverrideModel: row.mayOverrideModel,
	mayOverrideSettings: row.mayOverrideSettings,
	mayOverridePrompt: row.mayOverridePrompt,
	requestsPerMinute: row.requestsPerMinute ?? '',
	requestsPerDay: row.requestsPerDay ?? '',
	budgetDayUsd: row.budgetDayUsd ?? '',
	budgetMonthUsd: row.budgetMonthUsd ?? '',
	budgetTotalUsd: row.budgetTotalUsd ?? '',
});

const DAY_MS = 86_400_000;

/** ms since epoch. A custom time that is not one is left for the gateway to refuse. */
function expiryOf({ lifetime, expiresAt, endsAt }: KeyDraft, now: number): number | string | null {
	if (lifetime === 'never') return null;
	if (lifetime === KEPT) return endsAt;
	if (lifetime !== 'custom') return now + Number(lifetime) * DAY_MS;
	const at = Date.parse(expiresAt);
	return Number.isNaN(at) ? expiresAt : at;
}

const orAll = (list: readonly string[]): string[] | null => (list.length > 0 ? [...list] : null);
const orNone = <Value>(value: Value | ''): Value | null => (value === '' ? null : value);

/** `now`: ms since epoch. */
export function inputOf(draft: KeyDraft, now: number): CreateGatewayKey {
	return {
		name: draft.name,
		scopes: [...(draft.inference ? ['inference' as const] : []), ...(draft.manage ? ['manage' as const] : [])],
		allowedModels: orAll(draft.allowedModels),
		allowedAgents: orAll(draft.allowedAgents),
		allowedProviders: orAll(draft.allowedProviders),
		origins: orAll(draft.origins),
		expiresAt: expiryOf(draft, now),
		mayOverrideModel: draft.mayOverrideModel,
		mayOverrideSettings: draft.mayOverrideSettings,
		mayOverridePrompt: draft.mayOverridePrompt,
		requestsPerMinute: orNone(draft.requestsPerMinute),
		requestsPerDay: orNone(draft.requestsPerDay),
		budgetDayUsd: orNone(draft.budgetDayUsd.trim()),
		budgetMonthUsd: orNone(draft.budgetMonthUsd.trim()),
		budgetTotalUsd: orNone(draft.budgetTotalUsd.trim()),
	};
}

/** What differs from the row, which must still be at the version that was shown. */
export const updateInput = (row: GatewayKey, draft: KeyDraft, now: number): UpdateGatewayKey => ({
	id: row.id,
	version: row.version,
	...changedFields(inputOf(draftOf(row), now), inputOf(draft, now)),
});
