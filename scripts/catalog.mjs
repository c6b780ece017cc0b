#!/usr/bin/env node
/**
 * Makes `src/catalog/data.generated.ts` from a models.dev snapshot (https://models.dev/api.json).
 *
 *   node scripts/catalog.mjs [SOURCE] [--snapshot YYYY-MM-DD] [--providers a,b] [--stdout]
 *
 * The output is one JSON string: rows are documented in `src/catalog/table.ts`, which reads them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const SOURCE = '../shared/models/models-dev.filtered.json';
/** Day the prices of SOURCE were read. */
const SNAPSHOT = '2026-07-02';
const OUTPUT = new URL('../src/catalog/data.generated.ts', import.meta.url);

/** Our provider id → its name in models.dev, for those in `src/providers/index.ts` that sell listed models. */
const PROVIDERS = {
	openai: 'openai',
	anthropic: 'anthropic',
	groq: 'groq',
	deepseek: 'deepseek',
	openrouter: 'openrouter',
};

const FLAGS = { tools: 1, structuredOutput: 2, reasoning: 4, sampling: 8, embedding: 16 };

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
const isListed = ({ limit, modalities }) =>
	whole(limit.context) > 0 && modalities.input.includes('text') && modalities.output.includes('text');

const isEmbedding = ({ id, family = '' }) => /embed/.test(id) || /embed/.test(family);

/** models.dev leaves it out for Anthropic. JSON schemas came with Opus 4.1, Sonnet 4.5 and Haiku 4.5 (Anthropic's docs). */
function claudeStructures(id) {
	const [, major, minor = '0'] = /-(\d)(?:-(\d{1,2}))?(?!\d)/.exec(id) ?? [];
	const version = Number(major) + Number(minor) / 10;
	return version >= (id.includes('opus') ? 4.1 : 4.5);
}

function structures(provider, model) {
	if (provider === 'anthropic') return claudeStructures(model.id);
	// The API takes `json_object` alone (DeepSeek's docs, "JSON Output"), whatever models.dev says.
	if (provider === 'deepseek') return false;
	return model.structured_output === true;
}

function flagsOf(provider, model) {
	let flags = 0;
	if (model.tool_call) flags |= FLAGS.tools;
	if (structures(provider, model)) flags |= FLAGS.structuredOutput;
	if (model.reasoning) flags |= FLAGS.reasoning;
	if (model.temperature !== false) flags |= FLAGS.sampling;
	return isEmbedding(model) ? FLAGS.embedding : flags;
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
function pricesOf({ id, cost }) {
	if (!cost || cost.input.startsWith('-') || cost.output.startsWith('-')) return 0;
	// Sold by the piece (songs, pages), which a price per token can't say.
	if (whole(cost.input) === 0 && whole(cost.output) === 0 && !/free/.test(id)) return 0;
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

function row(provider, model, modalities, reasoning) {
	const context = whole(model.limit.context);
	const embedding = isEmbedding(model);
	return [
		model.id,
		context,
		Math.min(whole(model.limit.input), context),
		// For embeddings models.dev puts the vector's length here.
		embedding ? 0 : Math.min(whole(model.limit.output), context),
		flagsOf(provider, model),
		modalities.at([...model.modalities.input].sort()),
		reasoning.at((model.reasoning_options ?? []).map(reasoningOption)),
		pricesOf(model),
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
		const listed = Object.values(known.models).filter(isListed);
		listed.sort((left, right) => (left.id < right.id ? -1 : 1));
		models[provider] = listed.map((model) => row(provider, model, modalities, reasoning));
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
	else writeFileSync(OUTPUT, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
