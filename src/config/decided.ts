/** Which of several layers is heard on one field, and why the others are not. Pure. */
import type { Origin } from '../gateway/ports';

/** What one layer says of a field. */
export interface Word<T> {
	readonly origin: Origin;
	/** What in that layer: a profile's name, a row's id, a variable, an agent's slug; null: the layer as a whole. */
	readonly name: string | null;
	readonly value: T;
	/** Why it counts for nothing here; null: it counts, unless a later one does too. */
	readonly barred: string | null;
}

export interface Heard<T> {
	readonly origin: Origin;
	readonly name: string | null;
	readonly value: T;
	readonly wins: boolean;
	/** Why it does not; null where it does. */
	readonly reason: string | null;
}

export interface Explained<T> {
	readonly value: T;
	/** The layer that set it. */
	readonly origin: Origin;
	/** Every layer that said something, from the lowest to the highest. */
	readonly layers: readonly Heard<T>[];
}

/** `agent 'support'`, `the environment (DEFAULT_PROVIDER)` */
export function describe({ origin, name }: Pick<Word<unknown>, 'origin' | 'name'>): string {
	switch (origin) {
		case 'default':
			return 'the built-in default';
		case 'environment':
			return name === null ? 'the environment' : `the environment (${name})`;
		case 'global':
			return name === null ? 'the global settings' : `the global settings '${name}'`;
		case 'organization':
			return name === null ? 'the organization' : `the organization ('${name}')`;
		case 'agent':
			return name === null ? 'the agent' : `agent '${name}'`;
		case 'request':
			return 'the request';
	}
}

/** `words` from the lowest to the highest. `otherwise` where nobody is heard. */
export function decided<T>(words: readonly Word<T>[], otherwise: T): Explained<T> {
	const winner = words.findLast(({ barred }) => barred === null);
	return wonBy(winner, words, otherwise, (by) => `Overridden by ${by}.`);
}

/** Of maxima the lowest counts, of equals the first; null where nobody is heard. */
export function lowest(words: readonly Word<number>[]): Explained<number | null> {
	const heard = words.filter(({ barred }) => barred === null);
	const winner = heard.reduce<Word<number> | undefined>(
		(least, word) => (least && least.value <= word.value ? least : word),
		undefined,
	);
	return wonBy<number | null>(winner, words, null, (by) => `No lower than what ${by} sets: the lowest counts.`);
}

function wonBy<T>(
	winner: Word<T> | undefined,
	words: readonly Word<T>[],
	otherwise: T,
	reasonOf: (winner: string) => string,
): Explained<T> {
	const layers = words.map(({ barred, ...word }) => {
		const wins = winner?.origin === word.origin && winner.name === word.name;
		return { ...word, wins, reason: wins ? null : (barred ?? reasonOf(describe(winner ?? word))) };
	});
	return { value: winner ? winner.value : otherwise, origin: winner?.origin ?? 'default', layers };
}
