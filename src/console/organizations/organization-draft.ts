/** An organization's limits as its form holds them, and as the API takes them. */
import type { Organization, UpdateOrganization } from '../data/types';

export const PLANS = ['free', 'pro', 'enterprise'] as const;
type Plan = (typeof PLANS)[number];

/** '' is a field left empty: no limit of its own. */
export interface OrganizationDraft {
	readonly name: string;
	readonly plan: Plan;
	readonly requestsPerMinute: number | '';
	readonly requestsPerDay: number | '';
	readonly budgetDayUsd: string;
	readonly budgetMonthUsd: string;
}

export const FIELDS = [
	'name',
	'plan',
	'requestsPerMinute',
	'requestsPerDay',
	'budgetDayUsd',
	'budgetMonthUsd',
] as const;

export const draftOf = (organization: Organization): OrganizationDraft => ({
	name: organization.name,
	plan: organization.plan,
	requestsPerMinute: organization.requestsPerMinute ?? '',
	requestsPerDay: organization.requestsPerDay ?? '',
	budgetDayUsd: organization.budgetDayUsd ?? '',
	budgetMonthUsd: organization.budgetMonthUsd ?? '',
});

const orNull = <Value>(value: Value | ''): Value | null => (value === '' ? null : value);

export const inputOf = (id: string, draft: OrganizationDraft): UpdateOrganization => ({
	id,
	name: draft.name,
	plan: draft.plan,
	requestsPerMinute: orNull(draft.requestsPerMinute),
	requestsPerDay: orNull(draft.requestsPerDay),
	budgetDayUsd: orNull(draft.budgetDayUsd.trim()),
	budgetMonthUsd: orNull(draft.budgetMonthUsd.trim()),
});

export const planOf = (value: string | null): Plan => PLANS.find((plan) => plan === value) ?? 'free';
