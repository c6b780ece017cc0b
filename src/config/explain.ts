/**
 * The configuration that one request would be decided by, each field with the layer that set it and every layer that
 * said something else. Pure; made of the same parts as the path's own decision. Holds no key.
 */
import { type GatewayError, toGatewayError } from '../errors';
import { contextOf } from '../gateway/context-policy';
import type { Caller, CatalogPort, Registry, Snapshot, Sourced } from '../gateway/ports';
import { withPresets } from '../gateway/preset';
import { refusalOf } from '../gateway/refusal';
import { agentSlugOf, type Considered, defaultEmbedding, type Survey, survey } from '../gateway/route';
import { unknownModel } from '../gateway/target';
import type { ContextWish } from '../language/context';
import type { ChatRequest, Warning } from '../language/request';
import { type ModelSettings, SETTING_NAMES, type SettingName } from '../language/settings';
import type { KeyLimits } from '../ledger/contract';
import {
	type Asking,
	type Candidate,
	candidatesOf,
	heardPath,
	keptOfAgent,
	modelWords,
	settingWords,
} from './candidates';
import { type ExplainedContext, explainedContext } from './context-words';
import type { OpenedKeys } from './credentials';
import { decided, type Explained, type Word } from './decided';
import type { EnvironmentLayer } from './environment';
import { type ExplainedTarget, explainedTarget } from './explained-target';
import {
	type ExplainedLimits,
	type ExplainedPrompt,
	explainedEmbedding,
	explainedFallbacks,
	explainedLimits,
	explainedPrompt,
} from './layer-words';
import { oversightsOf } from './oversights';
import { choiceOf, pathsOf } from './resolve';
import { type ExplainedRouting, explainedRouting } from './routing-words';
import type { ConfigurationRows, OrganizationRow } from './rows';
import { resolvedConfiguration } from './snapshot';

export interface ExplainRequest {
	readonly kind: 'chat' | 'embedding';
	readonly model?: string | undefined;
	readonly models?: readonly string[] | undefined;
	/** As the header names it. */
	readonly agent: string | null;
	readonly fallback: boolean;
	readonly strict: boolean;
	readonly settings: Omit<ModelSettings, 'timeoutMs'>;
	readonly context?: ContextWish;
}

export interface ExplainInput {
	readonly rows: ConfigurationRows;
	/** Which rows' keys can be opened. No value of it comes out, so none needs to be a real key. */
	readonly keys: OpenedKeys;
	readonly environment: EnvironmentLayer;
	readonly catalog: CatalogPort;
	readonly registry: Registry;
	/** Who would ask. */
	readonly caller: Caller;
	readonly request: ExplainRequest;
}

/** A value of null: layers name it, but none of them is heard. */
export type ExplainedSettings = { readonly [K in SettingName]?: Explained<NonNullable<ModelSettings[K]> | null> };

/** What the caller's key lets through. */
export type Policy = Pick<
	Caller,
	| 'kind'
	| 'keyId'
	| 'mayOverrideModel'
	| 'mayOverrideSettings'
	| 'mayOverridePrompt'
	| 'allowedModels'
	| 'allowedAgents'
	| 'allowedProviders'
> & { readonly limits: KeyLimits | null };

export interface Refusal {
	readonly code: string;
	readonly message: string;
	readonly param: string | null;
}

export interface Explanation {
	/** `organizations.config_version` */
	readonly version: number;
	readonly organization: Pick<OrganizationRow, 'id' | 'slug' | 'plan'>;
	readonly agent: { readonly id: string; readonly slug: string } | null;
	/** null: nothing can be made of what was asked for. */
	readonly model: Explained<string | null>;
	readonly settings: ExplainedSettings;
	readonly prompt: ExplainedPrompt;
	/** Of embedding requests that name no model; null: no provider has embeddings. */
	readonly embeddingModel: Explained<string | null>;
	/** Names tried after the first target. */
	readonly fallbacks: Explained<readonly string[]>;
	/** Who stands beside the first target, in which order all of them are asked, and for how long. */
	readonly routing: ExplainedRouting;
	/** What may be done to a conversation that does not fit, and how large a request may be at all. */
	readonly context: ExplainedContext;
	readonly limits: ExplainedLimits;
	/** The first target, then the fallbacks in order. Empty where it is not clear what is asked for. */
	readonly chain: readonly ExplainedTarget[];
	/** As good as the first target: the strategy puts all of them in order, before the rest of the chain. */
	readonly group: readonly ExplainedTarget[];
	/** Asked where the conversation is too long. */
	readonly contextChain: readonly ExplainedTarget[];
	/** Asked where a content filter refused. */
	readonly filterChain: readonly ExplainedTarget[];
	/** What the request would be refused with before any upstream is called; null: it would go out. */
	readonly refusal: Refusal | null;
	/** `provider/model` of each, with the layer it comes from. */
	readonly profiles: Readonly<Record<string, Sourced<string>>>;
	/** Bare name → where its chain ends. */
	readonly aliases: Readonly<Record<string, string>>;
	readonly policy: Policy;
	readonly warnings: readonly Warning[];
}

const MESSAGES: ChatRequest['messages'] = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }];
const PROFILE = 'profile:';

function askingOf(request: ExplainRequest, agentSlug: string | null, { aliases }: Snapshot): Asking {
	const { model, models, settings, kind } = request;
	const written = models?.[0] ?? model ?? '';
	const unnamed = written === '' || written === 'default' || written.startsWith('agent:');
	const followed = unnamed ? null : (aliases?.[written] ?? written);
	const profile = followed?.startsWith(PROFILE) ? followed.slice(PROFILE.length) : null;
	return { model: followed, profile, agentSlug, settings: kind === 'chat' ? settings : {} };
}

type MutableSettings = { -readonly [K in SettingName]?: NonNullable<ExplainedSettings[K]> };

function add<K extends SettingName>(
	into: { [P in K]?: Explained<NonNullable<ModelSettings[P]> | null> },
	setting: K,
	words: readonly Word<NonNullable<ModelSettings[K]>>[],
): void {
	if (words.length > 0) into[setting] = decided<NonNullable<ModelSettings[K]> | null>(words, null);
}

/** `request`: with the presets in it, for what is put together of several layers. */
function explainedSettings(
	candidates: readonly Candidate[],
	asking: Asking,
	caller: Caller,
	request: ChatRequest,
): ExplainedSettings {
	const explained: MutableSettings = {};
	for (const setting of SETTING_NAMES) add(explained, setting, settingWords(setting, candidates, asking, caller));
	const { reasoning } = explained;
	if (reasoning?.value && request.reasoning) explained.reasoning = { ...reasoning, value: request.reasoning };
	return explained;
}

const refusalText = ({ code, message, param }: GatewayError): Refusal => ({ code, message, param: param ?? null });

/** What `work` gives, or what it refuses with. */
function attempted<T>(work: () => T): { readonly done: T } | { readonly refused: GatewayError } {
	try {
		return { done: work() };
	} catch (thrown) {
		return { refused: toGatewayError(thrown) };
	}
}

const refusedOf = (outcome: { readonly refused?: GatewayError } | { readonly done: unknown }): GatewayError | null =>
	('refused' in outcome && outcome.refused) || null;

/** Where neither an agent nor the organization names one. */
function sharedEmbedding(snapshot: Snapshot, { catalog, registry }: ExplainInput): string | null {
	const bare = { ...snapshot, agent: null, embeddingModel: null };
	const found = attempted(() => defaultEmbedding({ snapshot: bare, catalog, registry }));
	return 'done' in found ? found.done : null;
}

/** A model the request names stands over whatever it would have got. */
function requested({ model }: Asking, otherwise: Explained<string | null>): Explained<string | null> {
	if (model === null) return otherwise;
	const words = otherwise.layers.map(({ origin, name, value, reason }) => ({ origin, name, value, barred: reason }));
	return decided([...words, { origin: 'request', name: null, value: model, barred: null }], null);
}

function policyOf(caller: Caller): Policy {
	const { kind, keyId, mayOverrideModel, mayOverrideSettings, mayOverridePrompt, limits } = caller;
	const { allowedModels, allowedAgents, allowedProviders } = caller;
	return {
		kind,
		keyId,
		mayOverrideModel,
		mayOverrideSettings,
		mayOverridePrompt,
		allowedModels,
		allowedAgents,
		allowedProviders,
		limits,
	};
}

function firstUnknown(surveyed: Survey | null): readonly Warning[] {
	const target = surveyed?.first.target;
	return target ? unknownModel(target) : [];
}

/** Pure. Never throws for what a request would be refused with: that is its `refusal`. */
export function explain(input: ExplainInput): Explanation {
	const { keys, environment, catalog, registry, caller, request } = input;
	const agentSlug = agentSlugOf(request.model, request.agent);
	const rows = agentSlug === null ? { ...input.rows, agent: null } : input.rows;
	const layers = { environment, rows };
	const snapshot: Snapshot = { ...resolvedConfiguration(rows, keys, environment), caller, fresh: true };
	const { kind, model, models, fallback, strict } = request;
	const asking = askingOf(request, agentSlug, snapshot);
	const candidates = candidatesOf(asking, layers);
	const paths = pathsOf(layers);
	const kept = keptOfAgent(asking, paths, caller);
	const { path } = heardPath(asking, layers, paths);
	const choice = kind === 'chat' && path.length > 0 ? choiceOf([...path, ...kept]) : null;
	const asked = { messages: MESSAGES, ...asking.settings };
	const preset = withPresets(asked, choice, caller);
	const held = attempted(() => withPresets({ ...asked, strict }, choice, caller));
	const found = attempted(() => survey({ kind, model, models, agentSlug, fallback }, { snapshot, catalog, registry }));
	const surveyed = 'done' in found ? found.done : null;
	const refused = 'refused' in found ? found.refused : surveyed && refusalOf(surveyed);
	const wish = kind === 'chat' ? request : {};
	const wished = attempted(() => contextOf(wish, surveyed?.choice ?? null, snapshot));
	const refusal = [refused, refusedOf(held), refusedOf(wished)].find((error) => error) ?? null;
	const asker = { ...asking, kind, lists: Boolean(models?.length) };
	const settled = kind === 'chat' ? preset.request : null;
	const embeddingModel = explainedEmbedding(rows, sharedEmbedding(snapshot, input), registry.provider);
	const shown = (all: readonly Considered[] = []): readonly ExplainedTarget[] =>
		all.map((one) => explainedTarget(one, settled, rows, registry));
	return {
		version: snapshot.version,
		organization: { ...snapshot.organization, plan: rows.organization.plan },
		agent: rows.agent && { id: rows.agent.id, slug: rows.agent.slug },
		model:
			kind === 'chat'
				? decided<string | null>(modelWords(candidates, asking, caller), null)
				: requested(asking, embeddingModel),
		settings:
			kind === 'chat' ? explainedSettings(candidatesOf(asking, layers, kept), asking, caller, preset.request) : {},
		prompt: explainedPrompt(snapshot),
		embeddingModel,
		fallbacks: explainedFallbacks(rows, environment, surveyed),
		limits: explainedLimits(rows.organization, environment),
		routing: explainedRouting(asker, layers, paths, environment, caller),
		context: explainedContext({ ...asker, mode: request.context?.mode }, layers, paths, caller),
		chain: shown(surveyed ? [surveyed.first, ...surveyed.others] : []),
		group: shown(surveyed?.group),
		contextChain: shown(surveyed?.contextOthers),
		filterChain: shown(surveyed?.filterOthers),
		refusal: refusal && refusalText(refusal),
		profiles: Object.fromEntries(Object.entries(snapshot.profiles).map(([name, { model: of }]) => [name, of])),
		aliases: { ...snapshot.aliases },
		policy: policyOf(caller),
		warnings: [
			...firstUnknown(surveyed),
			...preset.warnings,
			...('done' in wished ? wished.done.warnings : []),
			...oversightsOf(rows, { ...snapshot, aliases: snapshot.aliases ?? {} }, keys),
		],
	};
}
