/** One real call with a provider's pair, as cheap as the provider has one; see `UpstreamPort.probe`. */
import { GatewayError } from '../errors';
import type { ChatRequest } from '../language/request';
import type { Provider } from '../providers/provider';
import { wireChoice } from '../providers/wire-choice';
import { wireRequestOf } from './attempt';
import { Meter } from './meter';
import type { Caller, Credential, Ports, Probe } from './ports';
import { following } from './request-facts';
import { placeOf, type Target } from './target';
import { ANSWER_LIMIT, dispatch, exchange, failureOf, legible, readText } from './upstream';
import { withoutKey } from './without-key';

export interface ProbePorts
	extends Pick<Ports, 'send' | 'time' | 'limits' | 'registry' | 'catalog' | 'ledger' | 'newId'> {
	/** Whom a call that costs tokens is accounted to. */
	readonly caller: Pick<Caller, 'organizationId' | 'keyId'> & { readonly version: number };
}

interface Probed {
	readonly provider: Provider;
	readonly credential: Credential;
	readonly signal: AbortSignal;
}

/** Enough to see that JSON has come (bytes). */
const LIST_START = 4_096;
const PING = 'ping';
/** Prompt tokens of it, where the upstream does not say. */
const PING_TOKENS = 8;
/** Some refuse an answer whose bound leaves no room beside the reasoning. */
const REASONING_TOKENS = 64;

/** Where a GET proves the key: not the model list where everybody may read it. */
const provingPath = ({ healthPath, modelsPath, liveModels }: Provider): string | undefined =>
	healthPath ?? (liveModels?.public ? undefined : modelsPath);

/** What `model` of a request names at this provider, whose own names may begin with its id too. */
export function upstreamName(provider: Provider, model: string, catalog: Pick<Ports['catalog'], 'facts'>): string {
	const prefix = `${provider.id}/`;
	if (!model.startsWith(prefix) || catalog.facts(provider.id, model).known) return model;
	return model.slice(prefix.length);
}

/** Never rejects. A call with a model is accounted as a health check: its tokens and money count, the request does not. */
export async function probe(
	provider: Provider,
	credential: Credential,
	model: string | null,
	signal: AbortSignal | null,
	ports: ProbePorts,
): Promise<Probe> {
	const path = model === null ? provingPath(provider) : undefined;
	const named = path === undefined ? upstreamName(provider, model ?? provider.defaultModel, ports.catalog) : null;
	const startedAt = ports.time.now();
	const controller = following(signal);
	const stop = ports.time.after(ports.limits.firstEventMs, () => controller.abort(timeout()));
	const probed: Probed = { provider, credential, signal: controller.signal };
	let error: GatewayError | null = null;
	try {
		if (path !== undefined) await readStart(path, probed, ports);
		else if (named !== null) await callModel(named, probed, ports);
	} catch (thrown) {
		error = withoutKey(failureOf(thrown, controller.signal), credential.apiKey);
	} finally {
		stop();
	}
	return { ok: error === null, latencyMs: ports.time.now() - startedAt, model: named, error };
}

const timeout = (): GatewayError =>
	new GatewayError('upstream_timeout', 'The upstream did not answer within its first-event time limit.', {
		upstream: { failure: 'timeout', scope: 'provider', limit: 'first-event' },
	});

/** A web page answers 200 to anything: JSON must come. */
async function readStart(path: string, { provider, credential, signal }: Probed, ports: ProbePorts): Promise<void> {
	const wire = ports.registry.wires[provider.wire];
	const routed = provider.routing?.path?.(path, '', credential.config, credential.baseUrl) ?? path;
	const url = credential.baseUrl + routed;
	const call = { method: 'GET', url, headers: { accept: 'application/json' } } as const;
	const response = await dispatch(call, { provider, credential }, wire, signal, ports);
	const text = await readText(response, LIST_START, signal, 'cut');
	if (/^\s*[[{]/.test(text)) return;
	throw new GatewayError('upstream_malformed', 'The address answers, but not with JSON: check the base URL.', {
		upstream: { failure: 'malformed', status: response.status, scope: 'provider' },
	});
}

async function callModel(model: string, probed: Probed, ports: ProbePorts): Promise<void> {
	const target = targetOf(model, probed, ports);
	const meter = meterOf(target, ports);
	try {
		if (target.facts.kind === 'embedding') await embedPing(target, meter, probed.signal, ports);
		else await chatPing(target, meter, probed.signal, ports);
		ports.ledger.close({ entry: meter.end(null, 200), final: true });
	} catch (thrown) {
		const failure = failureOf(thrown, probed.signal);
		ports.ledger.close({ entry: meter.end(failure, null), final: true });
		throw failure;
	}
}

function targetOf(model: string, { provider, credential }: Probed, ports: ProbePorts): Target {
	const facts = ports.catalog.facts(provider.id, model, credential);
	return {
		provider,
		name: `${provider.id}/${model}`,
		model,
		upstreamModel: provider.routing?.model?.(model, credential.config) ?? model,
		facts,
		credential,
		place: placeOf(provider, credential, facts, ports.caller.organizationId),
	};
}

function meterOf(target: Target, { caller, newId, time }: ProbePorts): Meter {
	const facts = {
		requestId: newId(),
		clientRequestId: null,
		organizationId: caller.organizationId,
		keyId: caller.keyId,
		issuerKeyId: null,
		agentId: null,
		user: null,
		runId: null,
		tags: [],
		configVersion: caller.version,
		operation: 'health',
		source: 'ledger',
	} as const;
	return new Meter(facts, target, { number: 1, stream: false, promptTokens: PING_TOKENS, context: null }, time);
}

async function chatPing(target: Target, meter: Meter, signal: AbortSignal, ports: ProbePorts): Promise<void> {
	const request: ChatRequest = {
		messages: [{ role: 'user', content: [{ type: 'text', text: PING }] }],
		maxTokens: target.facts.reasoning ? REASONING_TOKENS : 1,
	};
	const { wire: wireId, quirks } = wireChoice(target.provider, target.model, request);
	const wire = ports.registry.wires[wireId];
	const wireRequest = wireRequestOf(request, { target, wire, quirks, stream: false, firstMessage: 0 });
	const response = await exchange(target, wireRequest, wire, signal, ports);
	const body = await readText(response, ANSWER_LIMIT, signal, 'refuse');
	meter.whole(legible(response, () => wire.fromResponse(body, wireRequest.plan)));
}

async function embedPing(target: Target, meter: Meter, signal: AbortSignal, ports: ProbePorts): Promise<void> {
	const { embeddings, id, quirks = {} } = target.provider;
	if (!embeddings) throw new GatewayError('model_not_found', `Provider '${id}' has no embeddings.`, { param: 'model' });
	const wire = ports.registry.embedWires[embeddings.wire];
	const wireRequest = wire.toRequest({ input: [PING] }, { providerId: id, model: target.upstreamModel, quirks });
	const response = await exchange(target, wireRequest, wire, signal, ports);
	const body = await readText(response, ANSWER_LIMIT, signal, 'refuse');
	const read = () => wire.fromResponse(body, 1, wireRequest.plan, response.headers);
	meter.counted(legible(response, read).usage);
}
