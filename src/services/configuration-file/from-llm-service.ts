/** `llm_service:` with `default_provider`, `fallback_chain` and `providers`. */
import * as z from 'zod';
import { ROUTING_BOUNDS } from '../../config/stored-routing';
import type { ProfileEntry } from './document-schema';
import type { Draft } from './draft';
import { bounded, ms, timeoutOf } from './litellm-routing';
import { faultAt, type ParsedFile, type Path } from './parse';
import { modelNamed, providerNamed, referenceOf } from './provider-names';
import { readShape } from './read-shape';

const text = z.string().min(1);

const provider = z.strictObject({
	enabled: z.boolean().nullish(),
	api_key: text.nullish(),
	base_url: text.nullish(),
	api_base: text.nullish(),
	model: text.nullish(),
	default_model: text.nullish(),
	embedding_model: text.nullish(),
	models: z.array(text).nullish(),
	temperature: z.number().nullish(),
	max_tokens: z.int().nullish(),
	top_p: z.number().nullish(),
	/** Seconds. */
	timeout: z.number().positive().nullish(),
	timeout_ms: z.int().positive().nullish(),
	max_retries: z.int().min(0).nullish(),
	region: text.nullish(),
	api_version: text.nullish(),
	deployments: z.record(z.string(), text).nullish(),
	organization: text.nullish(),
	project: text.nullish(),
	account_id: text.nullish(),
});

const schema = z.strictObject({
	default_provider: text.nullish(),
	default_model: text.nullish(),
	embedding_model: text.nullish(),
	fallback_chain: z.array(text).nullish(),
	providers: z.record(z.string(), provider.nullable()).nullish(),
});

type ProviderShape = z.output<typeof provider>;

function settingsOf(draft: Draft, shape: ProviderShape, from: Path): NonNullable<ProfileEntry['settings']> {
	const { temperature, max_tokens, top_p, timeout, timeout_ms } = shape;
	const timeoutMs = timeout_ms ?? (timeout ? ms(timeout) : null);
	const field = timeout_ms == null ? 'timeout' : 'timeout_ms';
	return {
		...(temperature != null && { temperature }),
		...(max_tokens != null && { maxTokens: max_tokens }),
		...(top_p != null && { topP: top_p }),
		...(timeoutMs !== null && { timeoutMs: timeoutOf(draft, timeoutMs, [...from, field]) }),
	};
}

/** Our `config` of a provider row. */
function configOf(shape: ProviderShape): Readonly<Record<string, unknown>> {
	const { region, api_version, deployments, organization, project, account_id } = shape;
	return {
		...(region && { region }),
		...(api_version && { apiVersion: api_version }),
		...(deployments && { deployments }),
		...(organization && { organization }),
		...(project && { project }),
		...(account_id && { accountId: account_id }),
	};
}

/** After the first try. */
function retriesOf(draft: Draft, { max_retries: retries }: ProviderShape, from: Path): ProfileEntry['routing'] {
	return retries == null
		? undefined
		: { maxAttempts: bounded(draft, retries + 1, ROUTING_BOUNDS.attempts, [...from, 'max_retries']) };
}

/** Where it has a key or an address. */
function addRow(draft: Draft, id: string, shape: ProviderShape, from: Path): void {
	const baseUrl = shape.base_url ?? shape.api_base;
	const config = configOf(shape);
	const configured = Object.keys(config).length > 0;
	if (!(shape.api_key || baseUrl || configured)) return;
	draft.provider(
		{
			provider: id,
			...(shape.api_key && { apiKey: referenceOf(shape.api_key) }),
			...(baseUrl && { baseUrl }),
			...(configured && { config }),
			...(shape.enabled === false && { isActive: false }),
		},
		from,
	);
}

/** Each provider is a row, and a profile of its own name where it has a model. */
function addProvider(draft: Draft, name: string, shape: ProviderShape, from: Path): void {
	const id = providerNamed(name);
	addRow(draft, id, shape, from);
	const model = shape.model ?? shape.default_model ?? shape.models?.[0];
	const settings = settingsOf(draft, shape, from);
	const routing = retriesOf(draft, shape, from);
	if (model) {
		const own = model.startsWith(`${name}/`) ? model.slice(name.length + 1) : model;
		const said = { ...(Object.keys(settings).length > 0 && { settings }), ...(routing && { routing }) };
		draft.profile(id, { provider: id, model: own, ...said }, from);
	} else if (routing || Object.keys(settings).length > 0)
		draft.note(from, `${name} has settings but no model: settings belong to a model, so they are left out.`);
	if (shape.embedding_model && !draft.document.embeddingModel)
		draft.embeddingModel(`${id}/${shape.embedding_model}`, [...from, 'embedding_model']);
	if (shape.models && shape.models.length > 1)
		draft.note([...from, 'models'], 'a list of models needs no entry: every model of the provider can be asked for.');
}

/** A provider's own model where one is meant, else a model's name. */
function chainName(draft: Draft, name: string, at: Path): string {
	if (name.includes('/')) return modelNamed(name);
	const id = providerNamed(name);
	if (draft.document.profiles && Object.hasOwn(draft.document.profiles, id)) return `profile:${id}`;
	throw faultAt(draft.file, at, `'${name}' names no provider of this file that has a model: write provider/model.`);
}

/** Throws `invalid_request` naming the line. */
export function fromLlmService(file: ParsedFile, path: Path, value: unknown, draft: Draft): void {
	const service = readShape(file, path, schema, value);
	for (const [name, shape] of Object.entries(service.providers ?? {}))
		addProvider(draft, name, shape ?? {}, [...path, 'providers', name]);
	if (service.default_provider) {
		const from = [...path, 'default_provider'];
		const id = providerNamed(service.default_provider);
		if (service.default_model) {
			draft.profile(id, { ...draft.document.profiles?.[id], provider: id, model: service.default_model }, from);
		}
		if (!draft.document.profiles || !Object.hasOwn(draft.document.profiles, id))
			throw faultAt(
				file,
				from,
				`'${service.default_provider}' has no model in this file: give it one, or set default_model.`,
			);
		draft.defaultProfile(id, from);
	}
	if (service.embedding_model) draft.embeddingModel(modelNamed(service.embedding_model), [...path, 'embedding_model']);
	if (service.fallback_chain) {
		const from = [...path, 'fallback_chain'];
		draft.fallbackChain(
			service.fallback_chain.map((name, at) => chainName(draft, name, [...from, at])),
			from,
		);
	}
}
