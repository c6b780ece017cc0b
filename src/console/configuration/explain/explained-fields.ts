/** An explanation as rows of one table. */
import { CONTEXT } from '../../context/context-text';
import type { Explanation } from '../../data/types';
import type { PolicyWords, Said } from '../../policy/words';
import { ROUTING } from '../../routing/policy-text';
import { valueText } from '../../ui/field-changes';
import { count, duration } from '../../ui/format';
import type { Origin } from '../../ui/origin-badge';

export interface ExplainedLayer {
	readonly origin: Origin;
	/** What in that layer; null: the layer as a whole. */
	readonly source: string | null;
	/** null: nothing. */
	readonly value: string | null;
	readonly wins: boolean;
	readonly reason: string | null;
}

export interface ExplainedField {
	readonly name: string;
	/** null: nobody sets it. */
	readonly value: string | null;
	/** null: nobody said anything. */
	readonly origin: Origin | null;
	readonly source: string | null;
	/** From the highest to the lowest. */
	readonly layers: readonly ExplainedLayer[];
}

interface Explained<T> {
	readonly value: T;
	readonly origin: Origin;
	readonly layers: readonly {
		readonly origin: Origin;
		readonly name: string | null;
		readonly value: T;
		readonly wins: boolean;
		readonly reason: string | null;
	}[];
}

type Shown<T> = (value: T) => string;

const SETTINGS = [
	['temperature', 'Temperature'],
	['topP', 'Top P'],
	['topK', 'Top K'],
	['maxTokens', 'Maximum of output tokens'],
	['presencePenalty', 'Presence penalty'],
	['frequencyPenalty', 'Frequency penalty'],
	['seed', 'Seed'],
	['stop', 'Stop texts'],
	['reasoning', 'Reasoning'],
	['timeoutMs', 'Timeout'],
] as const satisfies readonly (readonly [keyof Explanation['settings'], string])[];

function rowOf<T>(name: string, { value, origin, layers }: Explained<T | null>, shown: Shown<T>): ExplainedField {
	const text = (one: T | null): string | null => (one === null ? null : shown(one));
	const winner = layers.find(({ wins }) => wins);
	return {
		name,
		value: text(value),
		origin: value === null && !winner ? null : origin,
		source: winner?.name ?? null,
		layers: layers
			.map((layer) => ({
				origin: layer.origin,
				source: layer.name,
				value: text(layer.value),
				wins: layer.wins,
				reason: layer.reason,
			}))
			.reverse(),
	};
}

const inOrder: Shown<readonly string[]> = (names) => (names.length === 0 ? 'none' : names.join(', then '));

const setting =
	(name: string): Shown<unknown> =>
	(value) =>
		name === 'timeoutMs'
			? duration(Number(value))
			: Array.isArray(value)
				? value.map((one) => JSON.stringify(one)).join(', ')
				: valueText(value);

type Rows<Policy> = { readonly [Field in keyof Policy]?: Explained<Said<Policy[Field]> | null> };

const policyRows = <Policy>({ fields, labels, texts }: PolicyWords<Policy>, said: Rows<Policy>): ExplainedField[] =>
	fields.flatMap((field) => {
		const explained = said[field];
		return explained ? [rowOf(labels[field], explained, texts[field])] : [];
	});

export function fieldsOf(explanation: Explanation, kind: 'chat' | 'embedding'): readonly ExplainedField[] {
	const { model, settings, prompt, embeddingModel, fallbacks, routing, context, limits } = explanation;
	const usd: Shown<string> = (amount) => `$${amount}`;
	const settingRows = SETTINGS.flatMap(([field, name]) => {
		const explained = settings[field];
		return explained ? [rowOf<unknown>(name, explained, setting(field))] : [];
	});
	const chat =
		kind === 'chat'
			? [
					...settingRows,
					rowOf('Prompt', prompt, ({ version, hash }) => `version ${version} (${hash.slice(0, 8)})`),
					rowOf('Fallbacks', fallbacks, inOrder),
					...policyRows(ROUTING, routing),
					...policyRows(CONTEXT, context),
				]
			: [];
	return [
		rowOf('Model', model, String),
		...chat,
		...(kind === 'chat' ? [rowOf('Embedding model', embeddingModel, String)] : []),
		rowOf('Requests per minute', limits.requestsPerMinute, count),
		rowOf('Requests per day', limits.requestsPerDay, count),
		rowOf('Budget per day', limits.budgetDayUsd, usd),
		rowOf('Budget per month', limits.budgetMonthUsd, usd),
	];
}
