/** A routing policy as forms hold it, and as the API takes it. */
import type { RoutingInput, RoutingPolicy, Strategy } from '../data/types';
import type { Figure } from '../ui/figure';
import { type ListedModel, listed, namesOf } from '../ui/listed-models';

/** A model with its share; '' is an empty field. */
export interface WeighedModel extends ListedModel {
	readonly weight: Figure;
}

/** '', null, and no candidate or tag: not set here, so the layers below decide. A chain that is set may be empty. */
export interface RoutingDraft {
	readonly strategy: Strategy | '';
	readonly candidates: readonly WeighedModel[];
	/** Of the model itself among the candidates. */
	readonly weight: Figure;
	readonly sticky: 'yes' | 'no' | '';
	readonly residency: readonly string[];
	readonly contextFallbacks: readonly ListedModel[] | null;
	readonly contentFilterFallbacks: readonly ListedModel[] | null;
	readonly maxAttempts: Figure;
	readonly firstEventSeconds: Figure;
	readonly idleSeconds: Figure;
	readonly totalSeconds: Figure;
	readonly commitSeconds: Figure;
}

/** Fields of the API, below the one that holds the policy, that there is a field for. */
export const ROUTING_FIELDS = [
	'strategy',
	'candidates',
	'weight',
	'sticky',
	'residency',
	'contextFallbacks',
	'contentFilterFallbacks',
	'maxAttempts',
	'firstEventTimeoutMs',
	'idleTimeoutMs',
	'totalTimeoutMs',
	'commitTimeoutMs',
] as const satisfies readonly (keyof RoutingPolicy)[];

/** Time limits: field of the API → that of the draft. */
const TIMES = [
	['firstEventTimeoutMs', 'firstEventSeconds'],
	['idleTimeoutMs', 'idleSeconds'],
	['totalTimeoutMs', 'totalSeconds'],
	['commitTimeoutMs', 'commitSeconds'],
] as const;

const seconds = (ms: number | undefined): Figure => (ms === undefined ? '' : ms / 1_000);
const yesOrNo = (value: boolean): 'yes' | 'no' => (value ? 'yes' : 'no');
const listedOrNull = (names: readonly string[] | undefined): readonly ListedModel[] | null =>
	names ? listed(names) : null;

export const routingDraftOf = (policy: RoutingPolicy): RoutingDraft => ({
	strategy: policy.strategy ?? '',
	candidates: policy.candidates?.map(({ model, weight }, key) => ({ key, model, weight: weight ?? '' })) ?? [],
	weight: policy.weight ?? '',
	sticky: policy.sticky === undefined ? '' : yesOrNo(policy.sticky),
	residency: policy.residency ?? [],
	contextFallbacks: listedOrNull(policy.contextFallbacks),
	contentFilterFallbacks: listedOrNull(policy.contentFilterFallbacks),
	maxAttempts: policy.maxAttempts ?? '',
	firstEventSeconds: seconds(policy.firstEventTimeoutMs),
	idleSeconds: seconds(policy.idleTimeoutMs),
	totalSeconds: seconds(policy.totalTimeoutMs),
	commitSeconds: seconds(policy.commitTimeoutMs),
});

export const NO_ROUTING: RoutingDraft = routingDraftOf({});

const timesOf = (draft: RoutingDraft) =>
	Object.fromEntries(
		TIMES.flatMap(([field, own]) => {
			const value = draft[own];
			return value === '' ? [] : [[field, Math.round(value * 1_000)]];
		}),
	);

export function routingOf(draft: RoutingDraft): RoutingInput {
	const { strategy, candidates, weight, sticky, residency, contextFallbacks, contentFilterFallbacks } = draft;
	return {
		...(strategy !== '' && { strategy }),
		...(candidates.length > 0 && {
			candidates: candidates.map((one) => ({
				model: one.model.trim(),
				...(one.weight !== '' && { weight: one.weight }),
			})),
		}),
		...(weight !== '' && { weight }),
		...(sticky !== '' && { sticky: sticky === 'yes' }),
		...(residency.length > 0 && { residency: [...residency] }),
		...(contextFallbacks && { contextFallbacks: namesOf(contextFallbacks) }),
		...(contentFilterFallbacks && { contentFilterFallbacks: namesOf(contentFilterFallbacks) }),
		...(draft.maxAttempts !== '' && { maxAttempts: draft.maxAttempts }),
		...timesOf(draft),
	};
}

/** Of what stands behind "more": shown from the start where one of them is set. */
export const hasRarer = (draft: RoutingDraft): boolean =>
	draft.residency.length > 0 ||
	draft.contextFallbacks !== null ||
	draft.contentFilterFallbacks !== null ||
	draft.sticky !== '' ||
	draft.maxAttempts !== '' ||
	TIMES.some(([, own]) => draft[own] !== '');

/** Each one's part of 1, the model itself first. A weight that is not given is 1. */
export function sharesOf({ weight, candidates }: Pick<RoutingDraft, 'weight' | 'candidates'>): readonly number[] {
	const weights = [weight, ...candidates.map((one) => one.weight)].map((one) => (one === '' ? 1 : one));
	const sum = weights.reduce((total, one) => total + one, 0);
	return weights.map((one) => (sum > 0 ? one / sum : 0));
}
