/** An organization as its forms hold it, and as the API takes it. */
import type { CreateOrganization, Organization } from '../data/types';

export const PLANS = ['free', 'pro', 'enterprise'] as const;
type Plan = (typeof PLANS)[number];

/** Where its ledger lives: hints of Cloudflare's Durable Objects. */
export const REGIONS = [
	{ value: 'wnam', label: 'Western North America' },
	{ value: 'enam', label: 'Eastern North America' },
	{ value: 'sam', label: 'South America' },
	{ value: 'weur', label: 'Western Europe' },
	{ value: 'eeur', label: 'Eastern Europe' },
	{ value: 'apac', label: 'Asia-Pacific' },
	{ value: 'oc', label: 'Oceania' },
	{ value: 'afr', label: 'Africa' },
	{ value: 'me', label: 'Middle East' },
] as const;

type Region = (typeof REGIONS)[number]['value'];

/** '' is a field left empty: no limit of its own. */
export interface OrganizationDraft {
	readonly name: string;
	readonly slug: string;
	readonly plan: Plan;
	/** '': wherever it is asked first. */
	readonly region: Region | '';
	readonly requestsPerMinute: number | '';
	readonly requestsPerDay: number | '';
	readonly budgetDayUsd: string;
	readonly budgetMonthUsd: string;
}

export const FIELDS = [
	'name',
	'slug',
	'plan',
	'region',
	'requestsPerMinute',
	'requestsPerDay',
	'budgetDayUsd',
	'budgetMonthUsd',
] as const;

export const planOf = (value: string | null): Plan => PLANS.find((plan) => plan === value) ?? 'free';

export const regionOf = (value: string | null): Region | '' =>
	REGIONS.find((region) => region.value === value)?.value ?? '';

export const regionName = (value: string | null): string =>
	REGIONS.find((region) => region.value === value)?.label ?? 'not chosen';

export const draftOf = (organization: Organization): OrganizationDraft => ({
	name: organization.name,
	slug: organization.slug,
	plan: organization.plan,
	region: regionOf(organization.region),
	requestsPerMinute: organization.requestsPerMinute ?? '',
	requestsPerDay: organization.requestsPerDay ?? '',
	budgetDayUsd: organization.budgetDayUsd ?? '',
	budgetMonthUsd: organization.budgetMonthUsd ?? '',
});

const orNull = <Value>(value: Value | ''): Value | null => (value === '' ? null : value);

export const fieldsOf = (draft: OrganizationDraft) => ({
	name: draft.name.trim(),
	slug: draft.slug.trim(),
	plan: draft.plan,
	region: orNull(draft.region),
	requestsPerMinute: orNull(draft.requestsPerMinute),
	requestsPerDay: orNull(draft.requestsPerDay),
	budgetDayUsd: orNull(draft.budgetDayUsd.trim()),
	budgetMonthUsd: orNull(draft.budgetMonthUsd.trim()),
});

export interface NewOrganizationDraft {
	readonly name: string;
	readonly slug: string;
	readonly plan: Plan;
	readonly region: Region | '';
	/** '': nobody yet; the operator can make somebody one later. */
	readonly ownerId: string;
	readonly ownerEmail: string;
	readonly ownerName: string;
}

export const NEW_FIELDS = ['name', 'slug', 'plan', 'region', 'owner.userId', 'owner.email', 'owner.name'] as const;

export const NEW_ORGANIZATION: NewOrganizationDraft = {
	name: '',
	slug: '',
	plan: 'free',
	region: '',
	ownerId: '',
	ownerEmail: '',
	ownerName: '',
};

export const hasOwner = ({ ownerId, ownerEmail, ownerName }: NewOrganizationDraft): boolean =>
	[ownerId, ownerEmail, ownerName].some((text) => text.trim() !== '');

export const createInput = (draft: NewOrganizationDraft): CreateOrganization => ({
	name: draft.name.trim(),
	slug: draft.slug.trim(),
	plan: draft.plan,
	region: orNull(draft.region),
	...(hasOwner(draft) && {
		owner: {
			userId: draft.ownerId.trim(),
			email: orNull(draft.ownerEmail.trim()),
			name: orNull(draft.ownerName.trim()),
		},
	}),
});
