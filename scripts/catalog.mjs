#!/usr/bin/env node
/**
 * Makes `src/catalog/data.generated.ts` from a models.dev snapshot.
 *
 *   node scripts/catalog.mjs [SOURCE] [--snapshot YYYY-MM-DD] [--providers a,b] [--stdout]
 *
 * To refresh: save https://models.dev/api.json, run this on the file with the day it was read as `--snapshot`, put
 * that day into SNAPSHOT below, then `npx vitest run --project node test/catalog test/providers`: an embedding model
 * that is new there needs its line in `src/catalog/embeddings.ts`, which the tests name. It prints the size.
 *
 * The output is one JSON string: rows are documented in `src/catalog/table.ts`, which reads them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const SOURCE = '../shared/models/models-dev.filtered.json';
/** Day the prices of SOURCE were read. */
const SNAPSHOT = '2026-07-02';
const OUTPUT = new URL('../src/catalog/data.generated.ts', import.meta.url);

/**
 * Our provider id → its name in models.dev. Their order is that of preference for a bare name: a vendor's own
 * provider before its resellers, a server of one's own last. Meta's models are in `src/catalog/muse.ts`.
 */
const PROVIDERS = {
	openai: 'openai',
	anthropic: 'anthropic',
	google: 'google',
	mistral: 'mistral',
	cohere: 'cohere',
	deepseek: 'deepseek',
	groq: 'groq',
	'azure-openai': 'azure',
	bedrock: 'amazon-bedrock',
	'workers-ai': 'cloudflare-workers-ai',
	huggingface: 'huggingface',
	openrouter: 'openrouter',
	lmstudio: 'lmstudio',
	ollama: 'ollama-cloud',
};

const FLAGS = { tools: 1, structuredOutput: 2, reasoning: 4, sampling: 8, embedding: 16, deprecated: 32 };

/** Served there by another API than the one this provider's wire speaks: models.dev names its client library. */
const ELSEWHERE = { 'azure-openai': /anthropic/, bedrock: /mantle/ };

/** JSON whose numbers come out as the decimal text that stands there. */
export function parseDecimals(text) {
	const quoted = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
		token.startsWith('"') ? token : `"${token}"`,
	);
	return JSON.parse(quoted);
}

/** `USD per million tokens` as decimal text → whole pico-dollars per token, rounded half up. No float is involved. */
export function picoPerToken(decimal) {
	const parts = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(decimal);
	if (!parts) throw new Error(`Not a price: '${decimal}'`);
	const [, whole, fraction = '', exponent = '0'] = parts;
	const digits = BigInt(whole + fraction);
	const shift = 6 + Number(exponent) - fraction.length;
	if (shift >= 0) return digits * 10n ** BigInt(shift);
	const unit = 10n ** BigInt(-shift);
	const pico = (digits + unit / 2n) / unit;
	if (digits > 0n && pico === 0n) throw new Error(`Price below a pico-dollar: '${decimal}'`);
	return pico;
}

const whole = (decimal) => Number(decimal ?? 0);

/** Models that take text and give text (or vectors), within a known window: no image, speech or transcription ones. */
const isListed = (provider, { limit, modalities, provider: client }) =>
	whole(limit.context) > 0 &&
	modalities.input.includes('text') &&
	modalities.output.includes('text') &&
	!ELSEWHERE[provider]?.test(client?.npm);

const isEmbedding = ({ id, family = '' }) => /embed/i.test(id) || /embed/.test(family);

/** JSON schemas came with Opus 4.1, Sonnet 4.5 and Haiku 4.5 (Anthropic's docs), on Bedrock with Opus 4.5 (AWS's). */
function claudeStructures(id, opus) {
	const [, major, minor = '0'] = /-(\d)(?:-(\d{1,2}))?(?!\d)/.exec(id) ?? [];
	return Number(major) + Number(minor) / 10 >= (id.includes('opus') ? opus : 4.5);
}

/**
 * What a provider's own docs say of JSON schemas, where models.dev says nothing of them (`told` undefined) or is
 * wrong. Azure serves OpenAI's models; Ollama and LM Studio constrain the decoding of any model.
 */
const STRUCTURES = {
	anthropic: ({ id }) => claudeStructures(id, 4.1),
	bedrock: ({ id }, told) => told ?? (id.includes('claude') && claudeStructures(id, 4.5)),
	// Its docs, "JSON Output": the API takes `json_object` alone.
	deepseek: () => false,
	mistral: () => true,
	cohere: ({ id }, told) => told ?? id.startsWith('command-'),
	'azure-openai': ({ id }, told, source) => told ?? source.openai?.models[id]?.structured_output ?? false,
	lmstudio: () => true,
	ollama: () => true,
};

const structures = (provider, model, source) =>
	(STRUCTURES[provider]?.(model, model.structured_output, source) ?? model.structured_output) === true;

function flagsOf(provider, model, source) {
	let flags = model.status === 'deprecated' ? FLAGS.deprecated : 0;
	if (isEmbedding(model)) return flags | FLAGS.embedding;
	if (model.tool_call) flags |= FLAGS.tools;
	if (structures(provider, model, source)) flags |= FLAGS.structuredOutput;
	if (model.reasoning) flags |= FLAGS.reasoning;
	if (model.temperature !== false) flags |= FLAGS.sampling;
	return flags;
}

function reasoningOption({ type, values, min, max }) {
	if (type === 'effort') return { type, values };
	if (type === 'toggle') return { type };
	return { type: 'budget', min: min === undefined ? null : whole(min), max: max === undefined ? null : whole(max) };
}

/** `[input, output, cacheRead, cacheWrite, inputAudio, reasoning, outputAudio]`, absent ones null, cut at the last. */
function rates(cost) {
	const free = whole(cost.input) === 0;
	// A zero beside a real input price is a gap of the source, not a gift.
	const part = (decimal) =>
		decimal === undefined || (!free && whole(decimal) === 0) ? null : Number(picoPerToken(decimal));
	const row = [
		Number(picoPerToken(cost.input)),
		Number(picoPerToken(cost.output)),
		part(cost.cache_read),
		part(cost.cache_write),
		part(cost.input_audio),
		cost.reasoning === cost.output ? null : part(cost.reasoning),
		part(cost.output_audio),
	];
	while (row.at(-1) === null) row.pop();
	return row;
}

/** Base rates, then one `[above, …rates]` per tier; 0 where no price is known. */
function pricesOf(model) {
	const { id, cost } = model;
	if (!cost || cost.input.startsWith('-') || cost.output.startsWith('-')) return 0;
	// Sold by the piece (songs, pages), on another's bill (a router), or in a preview: no price per token says that.
	if (whole(cost.output) === 0 && !isEmbedding(model) && !/free/.test(id)) return 0;
	const tiers = (cost.tiers ?? []).map(({ tier, ...tierCost }) => [whole(tier.size), ...rates(tierCost)]);
	return [rates(cost), ...tiers.sort((left, right) => left[0] - right[0])];
}

/** A growing list without duplicates; `at` gives the index of a value. */
function dictionary() {
	const texts = [];
	return {
		at(value) {
			const text = JSON.stringify(value);
			if (!texts.includes(text)) texts.push(text);
			return texts.indexOf(text);
		},
		values: () => texts.map((text) => JSON.parse(text)),
	};
}

/** Days since epoch of `YYYY-MM-DD` or `YYYY-MM`; 0: not told. */
const dayOf = (date) => (date ? Math.floor(Date.parse(date) / 86_400_000) : 0);

function row(provider, model, source, modalities, reasoning) {
	const context = whole(model.limit.context);
	const embedding = isEmbedding(model);
	const output = [...model.modalities.output].sort();
	return [
		model.id,
		context,
		Math.min(whole(model.limit.input), context),
		// For embeddings models.dev puts the vector's length here.
		embedding ? 0 : Math.min(whole(model.limit.output), context),
		flagsOf(provider, model, source),
		modalities.at([...model.modalities.input].sort()),
		reasoning.at((model.reasoning_options ?? []).map(reasoningOption)),
		pricesOf(model),
		dayOf(model.release_date),
		...(output.length > 1 ? [modalities.at(output)] : []),
	];
}

/** The text of `data.generated.ts`. */
export function generate(sourceText, { snapshot = SNAPSHOT, providers = Object.keys(PROVIDERS) } = {}) {
	const source = parseDecimals(sourceText);
	const modalities = dictionary();
	const reasoning = dictionary();
	const models = {};
	for (const provider of providers) {
		const known = source[PROVIDERS[provider] ?? provider];
		if (!known) throw new Error(`The source has no provider '${PROVIDERS[provider] ?? provider}'`);
		const listed = Object.values(known.models).filter((model) => isListed(provider, model));
		listed.sort((left, right) => (left.id < right.id ? -1 : 1));
		models[provider] = listed.map((model) => row(provider, model, source, modalities, reasoning));
	}
	const json = JSON.stringify({ snapshot, modalities: modalities.values(), reasoning: reasoning.values(), models });
	if (/['\\]/.test(json)) throw new Error('The data needs escaping');
	return [
		'// Made by scripts/catalog.mjs from models.dev (MIT licence). Do not edit.',
		'/** JSON of the model table; parsed on first need by `table.ts`. */',
		`export const TABLE =\n\t'${json}';`,
		'',
	].join('\n');
}

function main() {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { snapshot: { type: 'string' }, providers: { type: 'string' }, stdout: { type: 'boolean' } },
	});
	const text = generate(readFileSync(positionals[0] ?? SOURCE, 'utf8'), {
		snapshot: values.snapshot,
		providers: values.providers?.split(','),
	});
	if (values.stdout) process.stdout.write(text);
	else {
		writeFileSync(OUTPUT, text);
		process.stdout.write(`${text.length} bytes, ${gzipSync(text).length} gzipped\n`);
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
