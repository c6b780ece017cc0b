/** Every shape a file may have, part by part; a file may hold several. */

import type * as z from 'zod';
import { documentParts } from './document-schema';
import { type Converted, Draft } from './draft';
import { selectEnvironment } from './environment';
import { fromAgentModelMap } from './from-agent-model-map';
import { fromFallbackConfig } from './from-fallback-config';
import { fromLiteLlmSettings } from './from-litellm-settings';
import { fromLlmService } from './from-llm-service';
import { fromModelList } from './from-model-list';
import { faultAt, type ParsedFile, type Path, parseFile } from './parse';
import { readShape } from './read-shape';

type Conversion = (file: ParsedFile, path: Path, value: unknown, draft: Draft) => void;

/** Named there for the program itself, which Switchyard takes the place of. */
const leftOut: Conversion = (_file, path, _value, draft) =>
	draft.note(path, `${path.join('.')} is about the program it was written for.`);

/** In the order in which they are read: later ones name what earlier ones declare. */
const FOREIGN: Readonly<Record<string, Conversion>> = {
	llm_service: fromLlmService,
	model_list: fromModelList,
	router_settings: fromLiteLlmSettings,
	litellm_settings: fromLiteLlmSettings,
	general_settings: leftOut,
	environment_variables: leftOut,
	agent_model_map: fromAgentModelMap,
	AGENT_MODEL_MAP: fromAgentModelMap,
	fallback_config: fromFallbackConfig,
	FALLBACK_CONFIG: fromFallbackConfig,
};

/** Version of our own shape. */
export const FORMAT = 1;
const MARK = 'switchyard';

/** One of our own parts: its schema, and where its content goes. */
const part =
	<S extends z.ZodType>(schema: S, place: (content: z.output<S>, draft: Draft, path: Path) => void): Conversion =>
	(file, path, value, draft) =>
		place(readShape(file, path, schema, value), draft, path);

const OWN: Readonly<Record<string, Conversion>> = {
	providers: part(documentParts.providers, (entries, draft, path) => {
		for (const [at, entry] of entries.entries()) draft.provider(entry, [...path, at]);
	}),
	customModels: part(documentParts.customModels, (entries, draft, path) => {
		for (const [at, entry] of entries.entries()) draft.customModel(entry, [...path, at]);
	}),
	profiles: part(documentParts.profiles, (profiles, draft, path) => {
		for (const [name, profile] of Object.entries(profiles)) draft.profile(name, profile, [...path, name]);
	}),
	aliases: part(documentParts.aliases, (aliases, draft, path) => {
		for (const [name, target] of Object.entries(aliases)) draft.alias(name, target, [...path, name]);
	}),
	fallbacks: part(documentParts.fallbacks, (chains, draft, path) => {
		for (const [name, chain] of Object.entries(chains)) draft.fallbacks(name, chain, [...path, name]);
	}),
	agents: part(documentParts.agents, (agents, draft, path) => {
		for (const [slug, agent] of Object.entries(agents)) draft.agent(slug, agent, [...path, slug]);
	}),
	defaultProfile: part(documentParts.defaultProfile, (name, draft, path) => draft.defaultProfile(name, path)),
	fallbackChain: part(documentParts.fallbackChain, (chain, draft, path) => draft.fallbackChain(chain, path)),
	routing: part(documentParts.routing, (routing, draft, path) => draft.routing(routing, path)),
	context: part(documentParts.context, (context, draft, path) => draft.context(context, path)),
	embeddingModel: part(documentParts.embeddingModel, (name, draft, path) => draft.embeddingModel(name, path)),
};

/** Parts of ours that null takes away. */
const NULLABLE: ReadonlySet<string> = new Set([
	'defaultProfile',
	'fallbackChain',
	'routing',
	'context',
	'embeddingModel',
]);

/** Others' first, so that our own parts of the same file have the last word. */
const PARTS: Readonly<Record<string, Conversion>> = { ...FOREIGN, ...OWN };

/** `environment`: which of the file's; null: none. Throws `invalid_request` with the line of what is wrong. */
export function readConfigurationFile(text: string, environment: string | null): Converted {
	const file = selectEnvironment(parseFile(text), environment);
	const parts = file.value as Readonly<Record<string, unknown>>;
	const draft = new Draft(file);
	for (const name of Object.keys(parts))
		if (name !== MARK && !Object.hasOwn(PARTS, name)) throw faultAt(file, [name], 'there is no such setting.');
	if (Object.hasOwn(parts, MARK) && parts[MARK] !== FORMAT)
		throw faultAt(file, [MARK], `this release reads format ${FORMAT}.`);
	for (const [name, convert] of Object.entries(PARTS)) {
		const value = parts[name];
		if (value === undefined || (value === null && !NULLABLE.has(name))) continue;
		convert(file, [name], value, draft);
	}
	return draft.converted();
}
