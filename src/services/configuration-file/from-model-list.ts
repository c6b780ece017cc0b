/**
 * LiteLLM's `model_list:`. A `model_name` becomes an alias of a profile; of several entries with one name the first is
 * asked first and the others follow it. Keys become rows: entries with one key, address and version share one.
 */

import * as z from 'zod';
import type { CustomModelEntry, PriceEntry, ProfileEntry, ProviderEntry } from './document-schema';
import type { Draft } from './draft';
import { entrySchema, type ModelEntry, type Params, UNREAD_PARAMS } from './litellm-shape';
import { faultAt, type ParsedFile, type Path } from './parse';
import { providerAt, providerNamed, referenceOf } from './provider-names';
import { readShape } from './read-shape';
import { slugOf } from './slug';

const listSchema = z.array(entrySchema).min(1);

interface Deployment {
	readonly name: string;
	readonly profile: string;
}

/** Of a profile or row: what tells it from others of one name is put behind it. */
const slugged = (name: string): string => slugOf(name).slice(0, 56) || 'model';

function settingsOf(params: Params): NonNullable<ProfileEntry['settings']> {
	const maxTokens = params.max_completion_tokens ?? params.max_tokens;
	const { temperature, top_p, presence_penalty, frequency_penalty, seed, stop, reasoning_effort, timeout } = params;
	return {
		...(temperature != null && { temperature }),
		...(top_p != null && { topP: top_p }),
		...(maxTokens != null && { maxTokens }),
		...(presence_penalty != null && { presencePenalty: presence_penalty }),
		...(frequency_penalty != null && { frequencyPenalty: frequency_penalty }),
		...(seed != null && { seed }),
		...(stop != null && { stop: typeof stop === 'string' ? [stop] : stop }),
		...(reasoning_effort && { reasoning: { effort: reasoning_effort as 'low' } }),
		...(timeout != null && { timeoutMs: Math.round(timeout * 1_000) }),
	};
}

/** A key, or an AWS pair as one text; null: none given. */
function keyOf(params: Params): string | null {
	const { api_key, aws_access_key_id: access, aws_secret_access_key: secret, aws_session_token: session } = params;
	if (api_key) return referenceOf(api_key);
	if (!(access && secret)) return null;
	return [access, secret, ...(session ? [session] : [])].map(referenceOf).join(':');
}

function rowOf(provider: string, params: Params): Omit<ProviderEntry, 'name'> | null {
	const apiKey = keyOf(params);
	const baseUrl = params.api_base ?? params.base_url;
	const config = {
		...(params.api_version && { apiVersion: params.api_version }),
		...(params.organization && { organization: params.organization }),
		...(params.aws_region_name && { region: params.aws_region_name }),
	};
	const configured = Object.keys(config).length > 0;
	if (!(apiKey || baseUrl || configured)) return null;
	return {
		provider,
		...(apiKey && { apiKey }),
		...(baseUrl && { baseUrl }),
		...(configured && { config }),
	};
}

/** The row's name: one content, one row; the first of a provider bears the provider's id. */
function placeRow(draft: Draft, row: Omit<ProviderEntry, 'name'>, hint: string, from: Path): string {
	const rows = (draft.document.providers ?? []).filter((one) => one.provider === row.provider);
	for (const { name, ...content } of rows)
		if (JSON.stringify(content) === JSON.stringify(row)) return name ?? row.provider;
	const taken = new Set(rows.map(({ name }) => name));
	let name = rows.length === 0 ? row.provider : hint;
	for (let number = 2; taken.has(name); number += 1) name = `${hint}-${number}`;
	draft.provider({ provider: row.provider, name, ...(({ provider: _, ...rest }) => rest)(row) }, from);
	return name;
}

/** $ per token in, $ per million out, without the dust of binary fractions. */
const perMillion = (usdPerToken: number): string => String(Number((usdPerToken * 1e6).toPrecision(12)));

function pricesOf({ litellm_params: params, model_info: info }: ModelEntry): PriceEntry | null {
	const input = params.input_cost_per_token ?? info?.input_cost_per_token;
	const output = params.output_cost_per_token ?? info?.output_cost_per_token;
	if (input == null || output == null) return null;
	const cacheRead = info?.cache_read_input_token_cost;
	return {
		input: perMillion(input),
		output: perMillion(output),
		...(cacheRead != null && { cacheRead: perMillion(cacheRead) }),
	};
}

function capabilitiesOf(info: ModelEntry['model_info']): NonNullable<CustomModelEntry['capabilities']> {
	return {
		...(info?.supports_vision && { input: ['image'] }),
		...(info?.supports_function_calling != null && { tools: info.supports_function_calling }),
		...(info?.supports_reasoning != null && { reasoning: info.supports_reasoning }),
		...(info?.supports_response_schema != null && { structuredOutput: info.supports_response_schema }),
	};
}

/** null: the entry says nothing of the model that the catalog should know better. */
function customModelOf(provider: string, model: string, entry: ModelEntry): CustomModelEntry | null {
	const info = entry.model_info;
	const prices = pricesOf(entry);
	const window = info?.max_input_tokens ?? info?.max_tokens;
	const capabilities = capabilitiesOf(info);
	if (!(prices || info?.mode === 'embedding' || window)) return null;
	return {
		provider,
		model,
		...(info?.mode === 'embedding' && { kind: 'embedding' as const }),
		...(window && { contextWindow: window }),
		...(info?.max_output_tokens && { maxOutput: info.max_output_tokens }),
		...(Object.keys(capabilities).length > 0 && { capabilities }),
		...(prices && { prices }),
	};
}

function deploymentOf(draft: Draft, entry: ModelEntry, profile: string, from: Path): Deployment {
	const { model_name: name, litellm_params: params } = entry;
	const slash = params.model.indexOf('/');
	if (slash <= 0)
		throw faultAt(draft.file, [...from, 'litellm_params', 'model'], `'${params.model}': write provider/model.`);
	const given = providerNamed(params.model.slice(0, slash));
	const model = params.model.slice(slash + 1);
	const provider = (params.api_base ?? params.base_url) ? providerAt(given) : given;
	const row = rowOf(provider, params);
	const keyRef = row && placeRow(draft, row, profile, from);
	const settings = settingsOf(params);
	draft.profile(
		profile,
		{
			provider,
			model,
			...(keyRef && { keyRef }),
			...(Object.keys(settings).length > 0 && { settings }),
		},
		from,
	);
	const custom = customModelOf(provider, model, entry);
	if (custom) draft.customModel(custom, from);
	for (const unread of UNREAD_PARAMS)
		if (params[unread] != null) draft.note([...from, 'litellm_params', unread], `${unread} has no place here.`);
	return { name, profile };
}

/** Throws `invalid_request` naming the line. */
export function fromModelList(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const groups = new Map<string, string[]>();
	for (const [at, entry] of readShape(file, path, listSchema, value).entries()) {
		const from = [...path, at];
		const known = groups.get(entry.model_name) ?? [];
		const base = slugged(entry.model_name);
		const deployment = deploymentOf(draft, entry, unused(draft, base), from);
		if (entry.model_name.includes('*')) {
			draft.note([...from, 'model_name'], 'a pattern needs no entry: provider/model reaches every model.');
			continue;
		}
		groups.set(entry.model_name, [...known, deployment.profile]);
		if (known.length === 0) placeName(draft, deployment, [...from, 'model_name']);
	}
	for (const [name, [first, ...others]] of groups) {
		if (!first || others.length === 0) continue;
		draft.fallbacks(
			aliasOf(draft, name) ?? `profile:${first}`,
			others.map((profile) => `profile:${profile}`),
			path,
		);
		draft.note(path, `'${name}' has ${others.length + 1} entries: the first is asked first, the others follow it.`);
	}
}

/** A profile's name that no other entry has. */
function unused(draft: Draft, base: string): string {
	const { profiles } = draft.document;
	let name = base;
	for (let number = 2; profiles && Object.hasOwn(profiles, name); number += 1) name = `${base}-${number}`;
	return name;
}

/** What an alias may be called. */
const ALIAS = /^[A-Za-z0-9][\w.-]{0,63}$/;

function aliasOf(draft: Draft, name: string): string | null {
	const { aliases } = draft.document;
	return aliases && Object.hasOwn(aliases, name) ? name : null;
}

function placeName(draft: Draft, { name, profile }: Deployment, from: Path): void {
	if (ALIAS.test(name) && name !== 'default') draft.alias(name, `profile:${profile}`, from);
	else draft.note(from, `'${name}' can't be an alias: ask for profile:${profile}.`);
}
