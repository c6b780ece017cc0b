/**
 * What is assumed of a model that the catalog does not list: no price, no stated maximum output, a small window.
 * Its abilities are those of its nearest listed relative, since what is too new to be listed continues a line.
 */
import type { ModelFacts, TokenizerFamily } from './facts';
import { vendored } from './inference-profile';
import type { Row, Table } from './table';
import { tokenizerOf } from './tokenizer';

/** Small enough for the usual local server. */
const LEAST_WINDOW = 8_192;
/** What a relative's window is trusted for: the least that current hosted models of any line have. */
const MOST_WINDOW = 128_000;
/** Letters that two names must begin with in common, after the vendor: `gpt-`, `claude-opus-`. */
const LEAST_PREFIX = 4;
/** Dated ids are old versions of the undated one. */
const DATED = /20\d{2}-?\d{2}-?\d{2}$/;
/** Embedding models by name, where nothing else tells. */
const EMBEDDING = /embed|minilm|\bbge-|\be5-|\bgte-|\bvoyage-/i;

export function unknownFacts(provider: string, model: string, relative: ModelFacts | null): ModelFacts {
	const kind = EMBEDDING.test(model) ? 'embedding' : 'chat';
	const like = relative?.kind === kind ? relative : null;
	return {
		provider,
		model,
		known: false,
		kind,
		contextWindow: like ? Math.max(LEAST_WINDOW, Math.min(like.contextWindow, MOST_WINDOW)) : LEAST_WINDOW,
		inputLimit: null,
		maxOutput: null,
		input: like?.input ?? ['text', 'image', 'audio', 'pdf'],
		tools: like?.tools ?? kind === 'chat',
		structuredOutput: like?.structuredOutput ?? false,
		reasoning: like?.reasoning ?? false,
		reasoningOptions: like?.reasoningOptions ?? [],
		sampling: like?.sampling ?? true,
		tokenizer: tokenizerOf(provider, model),
		prices: null,
		priceVersion: null,
	};
}

/** The listed model of that provider whose name begins most like this one; of several the highest version. */
export function relativeOf(table: Table, provider: string, model: string): Row | null {
	const family = tokenizerOf(provider, model);
	const name = vendored(model)?.model ?? model;
	let best: Row | null = null;
	let longest = 0;
	for (const row of table.providers.get(provider)?.values() ?? []) {
		const id = vendored(row[0])?.model ?? row[0];
		const shared = sharedPrefix(id, name);
		if (shared < longest || shared - vendorLength(id, shared) < LEAST_PREFIX) continue;
		if (DATED.test(id) || !related(family, tokenizerOf(provider, id))) continue;
		if (shared > longest || (best && newer(row[0], best[0]))) best = row;
		longest = shared;
	}
	return best;
}

/** What two names share by their vendor alone: `@cf/meta/`, `amazon.`. */
const vendorLength = (id: string, shared: number): number =>
	Math.max(id.lastIndexOf('/', shared - 1), vendored(id) ? id.indexOf('.') : -1) + 1;

const related = (left: TokenizerFamily, right: TokenizerFamily): boolean =>
	left === right || (left.startsWith('claude') && right.startsWith('claude'));

function sharedPrefix(left: string, right: string): number {
	let length = 0;
	while (length < left.length && left[length] === right[length]) length += 1;
	return length;
}

const versionOf = (id: string): number[] => (id.match(/\d+/g) ?? []).map(Number);

/** By the numbers in the name; with the same numbers the plainer name. */
function newer(left: string, right: string): boolean {
	const theirs = versionOf(right);
	const ours = versionOf(left);
	const at = ours.findIndex((number, index) => number !== (theirs[index] ?? -1));
	if (at >= 0) return (ours[at] ?? 0) > (theirs[at] ?? -1);
	return ours.length === theirs.length && left.length < right.length;
}
