/** Names one after another, each with what it can be called by, or the reason why it can't. Pure. */
import { GatewayError } from '../errors';
import type { RoutingPolicy } from '../language/routing';
import { type Asked, type Meant, meant } from './asked';
import { isWithin, outside } from './filter';
import { refusedByKey } from './key-policy';
import type { Credential } from './ports';
import { type Addressed, addressed, checkLength, type Facts, type Target, withKey } from './target';

/** A name and what became of it. */
export interface Considered {
	/** As it was written. */
	readonly name: string;
	/** By the first of its keys; null: it can't be used. */
	readonly target: Target | null;
	/** In order of preference; none twice, whatever the names; empty where it can't be used. */
	readonly keys: readonly Credential[];
	/** By keys that residency keeps out. */
	readonly barred: readonly Target[];
	/** Why it can't be used; null where it can. */
	readonly refusal: GatewayError | null;
}

/** What names are considered under. */
export interface Terms {
	readonly kind: 'chat' | 'embedding' | 'any';
	readonly policy: RoutingPolicy;
	readonly facts: Facts;
}

/** Longest chain, the first target and its group included. */
const MAX_NAMES = 8;
/** Names looked at, whatever becomes of them. */
const MOST_LOOKED_AT = 50;

const NOBODY: readonly never[] = [];

const skip = (message: string): GatewayError => new GatewayError('model_not_found', message, { param: 'model' });

function considered(name: string, find: () => Addressed, terms: Terms): Considered {
	try {
		const { target, keys } = find();
		const { residency } = terms.policy;
		return residency
			? kept(name, target, keys, residency, terms.facts)
			: { name, target, keys, barred: NOBODY, refusal: null };
	} catch (error) {
		if (error instanceof GatewayError) return { name, target: null, keys: NOBODY, barred: NOBODY, refusal: error };
		throw error;
	}
}

/** What residency leaves of it. */
function kept(
	name: string,
	target: Target,
	keys: readonly Credential[],
	residency: readonly string[],
	facts: Facts,
): Considered {
	const open = keys.filter((key) => isWithin(key, residency));
	const barred = keys.filter((key) => !isWithin(key, residency)).map((key) => withKey(target, key, facts));
	const [first] = open;
	if (first) return { name, target: withKey(target, first, facts), keys: open, barred, refusal: null };
	const refusal = new GatewayError('forbidden', outside(target.credential, residency), { param: 'model' });
	return { name, target: null, keys: NOBODY, barred, refusal };
}

/** What a request asks for in the first place, its own key meant where a profile names one. */
export const firstOf = (
	{ first, choice }: Pick<Asked, 'choice'> & { readonly first: Meant },
	terms: Terms,
): Considered =>
	considered(
		first.written,
		() => {
			const found = addressed(first.name, terms.kind, terms.facts, choice?.credentialRowId);
			const refusal = refusedByKey(found.target, terms.facts.snapshot);
			if (refusal) throw refusal;
			return found;
		},
		terms,
	);

/** Of a URL, as Workers take it. */
const LONGEST_PATH = 16_384;

/** A name on its own, where nobody else is considered and its caller knows what a key may do; a path may stand for it. */
export const soleOf = (name: string, terms: Terms): Considered =>
	considered(
		name,
		() => {
			checkLength(name, LONGEST_PATH);
			return addressed(name, terms.kind, terms.facts);
		},
		terms,
	);

/** Those that follow `before`: only their model and key count, never what else a profile says. */
export function followers(
	names: readonly string[] | undefined,
	before: readonly Considered[],
	terms: Terms,
): readonly Considered[] {
	if (names === undefined || names.length === 0) return NOBODY;
	const usable = before.filter(({ target }) => target !== null);
	const all = names.slice(0, MOST_LOOKED_AT).map((name) => {
		const one = considered(name, () => follower(name, usable, terms), terms);
		if (one.target) usable.push(one);
		return one;
	});
	const more = names.length - all.length;
	if (more === 0) return all;
	const refusal = skip(`at most ${MOST_LOOKED_AT} names are looked at`);
	return [...all, { name: `${more} more`, target: null, keys: NOBODY, barred: NOBODY, refusal }];
}

function follower(name: string, before: readonly Considered[], { kind, facts }: Terms): Addressed {
	if (before.length >= MAX_NAMES) throw skip(`the chain is longer than ${MAX_NAMES} targets`);
	const { name: model, choice } = meant(name, facts.snapshot);
	const found = addressed(model, kind, facts, choice?.credentialRowId);
	const keys = untaken(found, before);
	const [first] = keys;
	if (!first) throw skip('already in the chain');
	if (refusedByKey(found.target, facts.snapshot)) throw skip('not allowed by this key');
	return { target: withKey(found.target, first, facts), keys };
}

/** Its keys but for those by which the same model is there already. */
function untaken({ target, keys }: Addressed, before: readonly Considered[]): readonly Credential[] {
	const same = before.filter(
		(one) => one.target?.model === target.model && one.target.provider.id === target.provider.id,
	);
	return same.length === 0 ? keys : keys.filter((key) => !same.some((one) => holds(one, key)));
}

const holds = ({ keys, barred }: Considered, key: Credential): boolean =>
	keys.includes(key) || barred.some(({ credential }) => credential === key);
