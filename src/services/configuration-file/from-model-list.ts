/**
 * LiteLLM's `model_list:`. A `model_name` becomes an alias of a profile; of several entries with one name the others are
 * candidates beside the first. Keys become rows.
 */

import * as z from 'zod';
import type { ProfileEntry } from './document-schema';
import type { Draft } from './draft';
import { entryLimits, ms, timeoutOf } from './litellm-routing';
import { entrySchema, type ModelEntry, type Params, UNREAD_PARAMS } from './litellm-shape';
import { type Deployment, placeGroup } from './model-list-groups';
import { placeModel } from './model-list-models';
import { placeRow } from './model-list-rows';
import { faultAt, isFields, type ParsedFile, type Path } from './parse';
import { providerAt, providerNamed } from './provider-names';
import { readShape } from './read-shape';
import { slugOf } from './slug';

const listSchema = z.array(entrySchema).min(1);

/** Of a profile or row: what tells it from others of one name is put behind it. */
const slugged = (name: string): string => slugOf(name).slice(0, 56) || 'model';

function settingsOf(draft: Draft, params: Params, from: Path): NonNullable<ProfileEntry['settings']> {
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
		...(timeout != null && { timeoutMs: timeoutOf(draft, ms(timeout), [...from, 'timeout']) }),
	};
}

const paramsOf = ({ litellm_params: params, rpm, tpm }: ModelEntry): Params => ({
	...params,
	rpm: params.rpm ?? rpm,
	tpm: params.tpm ?? tpm,
});

function namedBy(draft: Draft, params: Params, from: Path): { readonly provider: string; readonly model: string } {
	const slash = params.model.indexOf('/');
	if (slash <= 0)
		throw faultAt(draft.file, [...from, 'litellm_params', 'model'], `'${params.model}': write provider/model.`);
	const given = providerNamed(params.model.slice(0, slash));
	const provider = (params.api_base ?? params.base_url) ? providerAt(given) : given;
	return { provider, model: params.model.slice(slash + 1) };
}

/** Of a pattern only the key counts. */
function placePattern(draft: Draft, entry: ModelEntry, base: string, from: Path): void {
	const params = paramsOf(entry);
	if (params.model !== '*') placeRow(draft, namedBy(draft, params, from).provider, params, base, from);
	draft.note([...from, 'model_name'], 'a pattern needs no entry: provider/model reaches every model.');
}

function deploymentOf(draft: Draft, entry: ModelEntry, profile: string, from: Path): Deployment {
	const { model_name: name } = entry;
	const params = paramsOf(entry);
	const { provider, model } = namedBy(draft, params, from);
	const keyRef = placeRow(draft, provider, params, profile, from);
	const settings = settingsOf(draft, params, [...from, 'litellm_params']);
	const routing = entryLimits(draft, params, [...from, 'litellm_params']);
	draft.profile(
		profile,
		{
			provider,
			model,
			...(keyRef && { keyRef }),
			...(Object.keys(settings).length > 0 && { settings }),
			...(Object.keys(routing).length > 0 && { routing }),
		},
		from,
	);
	placeModel(draft, provider, model, entry, from);
	for (const unread of UNREAD_PARAMS)
		if (params[unread] != null) draft.note([...from, 'litellm_params', unread], `${unread} has no place here.`);
	const { weight = null, rpm = null, tpm = null } = params;
	return { name, profile, shares: { weight, rpm, tpm }, from };
}

/** The router's own way of choosing; without any it shuffles by weight. */
function saysStrategy({ value }: ParsedFile): boolean {
	const router = isFields(value) ? value.router_settings : undefined;
	return isFields(router) && typeof router.routing_strategy === 'string';
}

/** Throws `invalid_request` naming the line. */
export function fromModelList(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const groups = new Map<string, Deployment[]>();
	for (const [at, entry] of readShape(file, path, listSchema, value).entries()) {
		const from = [...path, at];
		const known = groups.get(entry.model_name) ?? [];
		const base = slugged(entry.model_name);
		if (entry.model_name.includes('*') || entry.litellm_params.model.includes('*')) {
			placePattern(draft, entry, base, from);
			continue;
		}
		const deployment = deploymentOf(draft, entry, unused(draft, base), from);
		groups.set(entry.model_name, [...known, deployment]);
		if (known.length === 0) placeName(draft, deployment, [...from, 'model_name']);
	}
	for (const group of groups.values()) placeGroup(draft, group, saysStrategy(file) ? undefined : 'weighted');
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

function placeName(draft: Draft, { name, profile }: Deployment, from: Path): void {
	if (ALIAS.test(name) && name !== 'default') draft.alias(name, `profile:${profile}`, from);
	else draft.note(from, `'${name}' can't be an alias: ask for profile:${profile}.`);
}
