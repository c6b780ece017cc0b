/** Entries of LiteLLM's `model_list` under one name: one profile, with the others as candidates beside it. */
import type { Strategy } from '../../language/routing';
import type { ProfileEntry } from './document-schema';
import type { Draft } from './draft';
import type { Path } from './parse';

export interface Deployment {
	/** `model_name` */
	readonly name: string;
	readonly profile: string;
	/** Share among those of one name; null: not said. */
	readonly weight: number | null;
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

const weighed = (weight: number | null) => (weight === null ? {} : { weight });

/** `strategy`: of each group; undefined: the file says one for all of them. */
export function placeGroup(draft: Draft, group: readonly Deployment[], strategy: Strategy | undefined): void {
	const [first, ...others] = distinct(draft, group);
	const profile = first && draft.document.profiles?.[first.profile];
	if (!profile || others.length === 0) return;
	const candidates = others.map((one) => ({ model: `profile:${one.profile}`, ...weighed(one.weight) }));
	const routing = { ...profile.routing, ...(strategy && { strategy }), candidates, ...weighed(first.weight) };
	draft.profile(first.profile, { ...profile, routing }, first.from);
	draft.note(first.from, `'${first.name}' has ${others.length + 1} entries: candidates of one group.`);
}
