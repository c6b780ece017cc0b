/** A gateway key as its form holds it, and as the API takes it. */
import type { CreateGatewayKey } from '../data/types';

export const LIFETIMES = [
	{ value: 'never', label: 'Never' },
	{ value: '1', label: 'In a day' },
	{ value: '7', label: 'In a week' },
	{ value: '30', label: 'In 30 days' },
	{ value: '90', label: 'In 90 days' },
	{ value: '365', label: 'In a year' },
	{ value: 'custom', label: 'At a time of your choice' },
] as const;

export interface KeyDraft {
	readonly name: string;
	readonly inference: boolean;
	readonly manage: boolean;
	/** None: all. */
	readonly allowedModels: readonly string[];
	readonly allowedAgents: readonly string[];
	readonly origins: readonly string[];
	/** `value` of one of `LIFETIMES`. */
	readonly lifetime: string;
	/** Local date and time, where the lifetime is `custom`. */
	readonly expiresAt: string;
	readonly mayOverrideModel: boolean;
}

export const FIELDS = ['name', 'scopes', 'allowedModels', 'allowedAgents', 'origins', 'expiresAt'] as const;

export const NEW_KEY: KeyDraft = {
	name: '',
	inference: true,
	manage: false,
	allowedModels: [],
	allowedAgents: [],
	origins: [],
	lifetime: 'never',
	expiresAt: '',
	mayOverrideModel: true,
};

const DAY_MS = 86_400_000;

/** ms since epoch. A custom time that is not one is left for the gateway to refuse. */
function expiryOf({ lifetime, expiresAt }: KeyDraft, now: number): number | string | null {
	if (lifetime === 'never') return null;
	if (lifetime !== 'custom') return now + Number(lifetime) * DAY_MS;
	const at = Date.parse(expiresAt);
	return Number.isNaN(at) ? expiresAt : at;
}

const orAll = (list: readonly string[]): string[] | null => (list.length > 0 ? [...list] : null);

export function inputOf(draft: KeyDraft, now: number): CreateGatewayKey {
	return {
		name: draft.name,
		scopes: [...(draft.inference ? ['inference' as const] : []), ...(draft.manage ? ['manage' as const] : [])],
		allowedModels: orAll(draft.allowedModels),
		allowedAgents: orAll(draft.allowedAgents),
		origins: orAll(draft.origins),
		expiresAt: expiryOf(draft, now),
		mayOverrideModel: draft.mayOverrideModel,
	};
}
