/** Who says what may be done to a conversation that does not fit, and whose word counts for a request. Pure. */
import { staysOfAgent } from '../gateway/asked';
import type { Caller } from '../gateway/ports';
import { CONTEXT_FIELDS, type ContextField, type ContextMode, type ContextPolicy } from '../language/context';
import type { Candidate } from './candidates';
import { isMaximum, type Maximum } from './context';
import { decided, describe, type Explained, lowest, type Word } from './decided';
import type { Layers, Paths } from './resolve';
import { type RoutingAsking, speakers } from './routing-words';

type Value<K extends ContextField> = NonNullable<ContextPolicy[K]>;

/** A value of null: layers name it, but none of them is heard. */
export type ExplainedContext = { readonly [K in ContextField]?: Explained<Value<K> | null> };

/** Of which request. */
export interface ContextAsking extends RoutingAsking {
	/** What the request says itself. */
	readonly mode: ContextMode | undefined;
}

/** What each layer says of a field. `keeps`: whether somebody who is not heard is, of this field. */
const saidOf = <K extends ContextField>(
	field: K,
	heard: readonly Candidate[],
	keeps: (candidate: Candidate) => boolean,
): readonly Word<Value<K>>[] =>
	heard.flatMap((candidate) => {
		const { origin, name, context } = candidate.statement;
		const value = context?.[field] as Value<K> | undefined;
		return value === undefined ? [] : [{ origin, name, value, barred: keeps(candidate) ? null : candidate.barred }];
	});

const BY_DEFAULT: Word<ContextMode> = { origin: 'default', name: null, value: 'trim', barred: null };

function modeWords(
	said: readonly Word<ContextMode>[],
	{ mode }: ContextAsking,
	{ mayOverrideSettings }: Caller,
): readonly Word<ContextMode>[] {
	const words = [BY_DEFAULT, ...said];
	if (mode === undefined) return words;
	const configured = said.findLast(({ barred }) => barred === null);
	const kept = !mayOverrideSettings && configured !== undefined;
	const barred = kept ? `This key may not override what ${describe(configured)} sets.` : null;
	return [...words, { origin: 'request', name: null, value: mode, barred }];
}

/** Fields that nobody says anything of are left out; embeddings have no conversation. */
export function explainedContext(
	asking: ContextAsking,
	layers: Layers,
	paths: Paths,
	caller: Caller,
): ExplainedContext {
	if (asking.kind === 'embedding') return {};
	const heard = speakers(asking, layers, paths);
	const beside = asking.profile !== null;
	const bound = new Set((beside && paths.agent ? paths.agent : []).map(({ origin, name }) => `${origin} ${name}`));
	const explained: Record<string, Explained<unknown>> = {};
	for (const field of CONTEXT_FIELDS) {
		if (isMaximum(field)) {
			const words = saidOf<Maximum>(field, heard, ({ statement: { origin, name } }) => bound.has(`${origin} ${name}`));
			if (words.length > 0) explained[field] = lowest(words);
			continue;
		}
		const stays = beside && staysOfAgent(field, caller);
		const said = saidOf(field, heard, ({ statement }) => stays && statement.origin === 'agent');
		const words = field === 'mode' ? modeWords(said as readonly Word<ContextMode>[], asking, caller) : said;
		if (words.length > 0) explained[field] = decided<unknown>(words, null);
	}
	return explained as ExplainedContext;
}
