/** The path of a request no wire makes: admitted, sent once as it is, its answer passed on, one entry in the ledger. */
import { GatewayError, invalid } from '../errors';
import type { RoutingStep } from '../language/routing';
import { matchesName } from '../providers/model-name';
import { type Admissible, type Admitted, admit, warningsOf } from './admit';
import type { CallMeta, Passed, PassthroughCall } from './call';
import { refusedByKey } from './key-policy';
import { leaving } from './leaving';
import { aborted, Meter } from './meter';
import { usageReader } from './passed-usage';
import type { Ports, Snapshot } from './ports';
import { poolFor } from './rank';
import { endProbe, type Reporting, report } from './report';
import { following, requestFacts } from './request-facts';
import { noTarget, RequestLedger } from './request-ledger';
import { heldBack } from './standing';
import type { RankFacts, Target } from './target';
import { dispatch, failureOf } from './upstream';
import { type Watchdog, watch } from './watchdog';

interface PassPlan extends Admissible {
	/** Its key is the first of the pool that nothing speaks against. */
	readonly target: Target;
	readonly url: string;
}

/** Under the root, and where it says: what is checked is what is called. Throws `invalid_request`. */
function urlOf(call: PassthroughCall, { credential }: Target): string {
	const url = credential.baseUrl + call.path + call.search;
	const { origin, pathname } = new URL(url);
	const root = new URL(credential.baseUrl);
	const called = origin === root.origin && pathname === root.pathname.replace(/\/$/, '') + call.path;
	if (!called || /[\\\s]|\/\/|%2f|%5c/i.test(call.path))
		throw invalid('path', 'path: it must lie under the root of the provider, without empty or dotted segments.');
	return url;
}

/** Key or server are the operator's: an organization that gave no address has no server of its own. */
const isShared = ({ provider, credential }: Target): boolean =>
	credential.source !== 'organization' || (provider.local === true && credential.trust === 'operator');

/** With what is the operator's only what keeps nothing in its account; a key's lists must be checkable. */
function checkAccess(call: PassthroughCall, target: Target, snapshot: Snapshot): void {
	if (snapshot.caller.allowedAgents !== null)
		throw new GatewayError('forbidden', "This key is limited to agents: a provider's other paths are closed to it.", {
			param: 'path',
		});
	const { provider } = target;
	const shared = isShared(target) && snapshot.caller.kind !== 'operator';
	if (shared && !provider.passthrough?.some((pattern) => matchesName(pattern, call.path)))
		throw new GatewayError(
			'forbidden',
			`${provider.id}${call.path} is open with a provider key of your organization's own only.`,
			{ param: 'path' },
		);
	if (call.model === null && snapshot.caller.allowedModels !== null)
		throw new GatewayError('forbidden', 'This key is limited to certain models and the request names none.', {
			param: 'model',
		});
	const refusal = refusedByKey(target, snapshot);
	if (refusal) throw refusal;
}

function planPass(call: PassthroughCall, facts: RankFacts): PassPlan {
	// Where no model is named the path stands for it in reports.
	const pool = poolFor(`${call.provider}/${call.model ?? call.path.slice(1)}`, 'any', facts);
	const found = pool.find(({ target }) => isUsable(target, facts)) ?? pool[0];
	if (!found) throw noTarget();
	const unpriced = call.model === null ? { prices: null, priceVersion: null } : null;
	const target = unpriced ? { ...found.target, facts: { ...found.target.facts, ...unpriced } } : found.target;
	if (target.provider.builtin) throw invalid('provider', `Provider '${target.provider.id}' has no other paths.`);
	checkAccess(call, target, facts.snapshot);
	return {
		target,
		url: urlOf(call, target),
		holdNanoUsd: null,
		totalMs: null,
		provider: target.provider.id,
		model: target.model,
	};
}

/** Nothing speaks against its key; how much such a request counts nobody knows. */
function isUsable({ credential, place }: Target, { health, time }: RankFacts): boolean {
	const standing = credential.mark === undefined ? null : health.standing(place.endpoint, credential.mark);
	return standing === null || heldBack(standing, { now: time.now(), tokens: 0, config: credential.config }) === null;
}

/** Throws GatewayError. A refusal of the upstream is typed as everywhere; its own words are scrubbed. */
export async function passthrough(call: PassthroughCall, ports: Ports): Promise<Passed> {
	const { catalog, registry, health, affinity, random, time } = ports;
	const admitted = await admit(
		{
			requestId: call.requestId,
			agentSlug: null,
			operation: 'passthrough',
			prepare: (snapshot) => planPass(call, { snapshot, catalog, registry, health, affinity, random, time }),
		},
		ports,
	);
	const ledger = new RequestLedger(call.requestId, admitted.snapshot, null, ports);
	try {
		return await sendOn(call, admitted, ledger, ports);
	} catch (error) {
		ledger.finish();
		throw error;
	}
}

async function sendOn(
	call: PassthroughCall,
	admitted: Admitted<PassPlan>,
	ledger: RequestLedger,
	ports: Ports,
): Promise<Passed> {
	const { target, url } = admitted.plan;
	if (call.signal?.aborted) throw aborted();
	const gate = ports.health.admits(target.place);
	if (gate === 'open') throw noTarget();
	const controller = following(call.signal);
	const startedAt = ports.time.now();
	const { idleMs, totalMs } = ports.limits;
	const totalBy = startedAt + totalMs;
	// Images and audio take their time before the first byte: only silence for ever is given up.
	const limits = { firstEventMs: totalMs, idleMs, commitBy: totalBy, totalBy };
	const dog = watch(ports.time, limits, (error) => controller.abort(error));
	const meter = meterOf(call, admitted, ledger.begin(), ports);
	const reporting = reportingOf(admitted.snapshot);
	let probe = gate === 'probe';
	const ended = (failure: GatewayError | null, status: number | null): void => {
		dog.stop();
		ledger.owe(meter.end(failure, status));
		report(failure, { target, meter, probe }, reporting, ports);
	};
	const wire = ports.registry.wires[target.provider.wire];
	const { method, body } = call;
	const request = { method, url, headers: headersOf(call, target), ...(body && { body }) };
	let response: Response;
	try {
		response = await dispatch(request, target, wire, controller.signal, ports, meter);
	} catch (error) {
		const failure = failureOf(error, controller.signal);
		ended(failure, null);
		throw failure;
	}
	meter.answered();
	if (probe) endProbe('success', target, reporting.organizationId, ports);
	probe = false;
	const waitedMs = ports.time.now() - startedAt;
	const settle = (failure: GatewayError | null): void => {
		ended(failure, response.status);
		ledger.finish();
	};
	return {
		status: response.status,
		headers: response.headers,
		body: passed(response, {
			meter,
			dog,
			controller,
			settle,
			reportsCost: target.provider.quirks?.reportsCost === true,
		}),
		meta: () => metaOf(call, admitted, ledger, { waitedMs, now: ports.time.now() }),
	};
}

/** Its time limits are its own, and paths have limits and permissions of theirs: neither says anything of health. */
const reportingOf = ({ organization }: Snapshot): Reporting => ({
	organizationId: organization.id,
	patience: { firstEventMs: 0, idleMs: 0 },
	granted: { firstEventMs: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY },
	unusual: true,
});

/** An account answers a repeated idempotency key with the first answer: among tenants of one that is another's. */
function headersOf({ headers }: PassthroughCall, target: Target): Readonly<Record<string, string>> {
	if (!isShared(target)) return headers;
	const { 'idempotency-key': _, ...others } = headers;
	return others;
}

const meterOf = (call: PassthroughCall, admitted: Admitted<PassPlan>, number: number, ports: Ports) =>
	new Meter(
		requestFacts(call, admitted, 'passthrough', { runId: call.runId }),
		admitted.plan.target,
		{ number, stream: true, promptTokens: null, context: null },
		ports.time,
	);

interface Passing {
	readonly meter: Meter;
	readonly dog: Watchdog;
	readonly controller: AbortController;
	/** See `Quirks.reportsCost`. */
	readonly reportsCost: boolean;
	/** null: it went well. */
	readonly settle: (failure: GatewayError | null) => void;
}

/** The body chunk by chunk; whichever way it is left, it is settled once. */
function passed(response: Response, passing: Passing): AsyncGenerator<Uint8Array, void, void> {
	const { meter, dog, controller } = passing;
	let settled = false;
	const settle = (failure: GatewayError | null): void => {
		if (settled) return;
		settled = true;
		passing.settle(failure);
	};
	const usage = usageReader((response.headers.get('content-type') ?? '').toLowerCase(), passing.reportsCost);
	const reader = response.body?.getReader();

	async function* chunks(): AsyncGenerator<Uint8Array, void, void> {
		try {
			for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read()) {
				dog.touch();
				usage.push(chunk.value);
				yield chunk.value;
			}
			meter.counted(usage.end());
			settle(null);
		} catch (error) {
			const failure = failureOf(error, controller.signal);
			settle(failure);
			throw failure;
		} finally {
			leave();
		}
	}
	const leave = (): void => {
		settle(aborted());
		controller.abort(aborted());
		reader?.cancel().catch(() => undefined);
	};
	return leaving(chunks(), leave);
}

function metaOf(
	call: PassthroughCall,
	{ plan, snapshot, requests, unchecked }: Admitted<PassPlan>,
	ledger: RequestLedger,
	{ waitedMs, now }: { readonly waitedMs: number; readonly now: number },
): CallMeta {
	return {
		requestId: call.requestId,
		provider: plan.target.provider.id,
		model: plan.target.model,
		attempts: ledger.attempts,
		configVersion: snapshot.version,
		context: null,
		warnings: warningsOf({ unchecked }),
		routing: { strategy: 'priority', sticky: false, steps: [stepOf(plan.target, ledger.attempts)] },
		requests,
		costNanoUsd: null,
		overheadMs: Math.max(0, now - call.receivedAt - waitedMs),
	};
}

const stepOf = ({ provider, model, credential }: Target, attempts: number): RoutingStep => ({
	provider: provider.id,
	model,
	key: credential.name,
	outcome: 'answered',
	reason: null,
	attempts,
	score: null,
});
