/** Entries of LiteLLM's `model_list` under one name: one profile, with the others as candidates beside it. */
import { ROUTING_BOUNDS } from '../../config/stored-routing';
import type { Strategy } from '../../language/routing';
import type { ProfileEntry } from './document-schema';
import type { Draft } from './draft';
import type { Path } from './parse';

const SHARES = ['weight', 'rpm', 'tpm'] as const;

export interface Deployment {
	/** `model_name` */
	readonly name: string;
	readonly profile: string;
	/** What its share among those of one name may be taken from; null: not said. */
	readonly shares: Readonly<Record<(typeof SHARES)[number], number | null>>;
	readonly from: Path;
}

const isSame = (left: ProfileEntry, right: ProfileEntry): boolean =>
	left.provider === right.provider &&
	left.model === right.model &&
	(left.keyRef === undefined || right.keyRef === undefined || left.keyRef === right.keyRef);

/** Those that are told apart by model or key: one that is not would be asked twice. */
function distinct(draft: Draft, group: readonly Deployment[]): readonly Deployment[] {
	const kept: { readonly one: Deployment; readonly profile: ProfileEntry }[] = [];
	for (const one of group) {
		const profile = draft.document.profiles?.[one.profile];
		if (!profile) continue;
		const same = kept.find((earlier) => isSame(earlier.profile, profile));
		if (same)
			draft.note(one.from, `it is the same model by the same key as profile:${same.one.profile}: it counts once.`);
		else kept.push({ one, profile });
	}
	return kept.map(({ one }) => one);
}

const [LEAST, MOST] = ROUTING_BOUNDS.weight;

/** As there: by weight as far as one is said, else by the rpm or the tpm that all of them say. */
function sharesOf(group: readonly Deployment[]): readonly (number | null)[] {
	const [weights = [], ...rates] = SHARES.map((share) => group.map(({ shares }) => shares[share]));
	if (weights.some((one) => one !== null)) return weights;
	return rates.find((all) => all.every((one) => one !== null)) ?? weights;
}

/** In proportion where a share is more than a weight can be. */
function weightsOf(group: readonly Deployment[]): readonly { readonly weight?: number }[] {
	const shares = sharesOf(group);
	const most = Math.max(...shares.map((share) => share ?? 1));
	if (most <= MOST) return shares.map((weight) => (weight === null ? {} : { weight }));
	return shares.map((share) => ({ weight: Math.max(LEAST, Number((((share ?? 1) * MOST) / most).toFixed(3))) }));
}

/** `strategy`: of each group; undefined: the file says one for all of them. */
export function placeGroup(draft: Draft, group: readonly Deployment[], strategy: Strategy | undefined): void {
	const [first, ...others] = distinct(draft, group);
	const [own, ...weights] = weightsOf(first ? [first, ...others] : []);
	const profile = first && draft.document.profiles?.[first.profile];
	if (!profile || others.length === 0) return;
	const candidates = others.map((one, at) => ({ model: `profile:${one.profile}`, ...weights[at] }));
	const routing = { ...profile.routing, ...(strategy && { strategy }), candidates, ...own };
	draft.profile(first.profile, { ...profile, routing }, first.from);
	draft.note(first.from, `'${first.name}' has ${others.length + 1} entries: candidates of one group.`);
}
