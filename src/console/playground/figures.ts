/** Tokens, cost and times of an answer: as counted where that is known, else estimated and marked so. */
import type { Model } from '../data/types';
import type { Answer } from './turn';

export interface Figure<Value> {
	readonly value: Value;
	readonly estimated: boolean;
}

export interface Figures {
	readonly promptTokens: Figure<number> | null;
	readonly completionTokens: Figure<number>;
	/** USD; null: the price is unknown. */
	readonly cost: Figure<number> | null;
	/** ms; null: nothing came yet. */
	readonly firstMs: number | null;
}

/** Characters of a token, roughly, in English. */
const CHARACTERS_PER_TOKEN = 4;

function promptOf({ usage, meta }: Answer): Figure<number> | null {
	if (usage) return { value: usage.promptTokens, estimated: false };
	return meta?.context ? { value: meta.context.after, estimated: true } : null;
}

function completionOf({ usage, parts, status }: Answer): Figure<number> {
	if (usage && status === 'done') return { value: usage.completionTokens, estimated: false };
	const characters = parts.reduce((sum, { text }) => sum + text.length, 0);
	return { value: Math.ceil(characters / CHARACTERS_PER_TOKEN), estimated: true };
}

export function figuresOf(answer: Answer, models: readonly Model[]): Figures {
	const { meta, askedAt, firstAt } = answer;
	const promptTokens = promptOf(answer);
	const completionTokens = completionOf(answer);
	const pricing = meta && models.find(({ id }) => id === `${meta.provider}/${meta.model}`)?.pricing;
	const estimate = pricing
		? ((promptTokens?.value ?? 0) * pricing.inputUsdPerMillion + completionTokens.value * pricing.outputUsdPerMillion) /
			1e6
		: null;
	const known = meta?.costUsd ?? null;
	return {
		promptTokens,
		completionTokens,
		cost:
			known !== null
				? { value: Number(known), estimated: false }
				: estimate === null || answer.status === 'done'
					? null
					: { value: estimate, estimated: true },
		firstMs: firstAt === null ? null : firstAt - askedAt,
	};
}
