/** The path of a request no wire makes: admitted, sent once as it is, its answer passed on, one entry in the ledger. */
import type { GatewayError } from '../errors';
import type { RoutingStep } from '../language/routing';
import { type Admitted, admit, warningsOf } from './admit';
import type { CallMeta, Passed, PassthroughCall } from './call';
import { leaving } from './leaving';
import { aborted, Meter } from './meter';
import { chosenOf, isShared, type PassPlan, planPass } from './pass-plan';
import { usageReader } from './passed-usage';
import type { Ports, Snapshot } from './ports';
import { endProbe, type Reporting, report } from './report';
import { following, requestFacts } from './request-facts';
import { noTarget, RequestLedger } from './request-ledger';
import type { Target } from './target';
import { dispatch, failureOf } from './upstream';
import { type Watchdog, watch } from './watchdog';

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
	if (call.signal?.aborted) throw aborted();
	const chosen = chosenOf(admitted.plan.ways, admitted.snapshot.organization.id, ports);
	if (chosen === null) throw noTarget();
	const { target, url } = chosen;
	const controller = following(call.signal);
	const startedAt = ports.time.now();
	const { idleMs, totalMs } = ports.limits;
	const totalBy = startedAt + totalMs;
	// Images and audio take their time before the first byte: only silence for ever is given up.
	const limits = { firstEventMs: totalMs, idleMs, commitBy: totalBy, totalBy };
	const dog = watch(ports.time, limits, (error) => controller.abort(error));
	const meter = ledger.begin((number) => meterOf(call, admitted, target, { number, ports }));
	const reporting = reportingOf(admitted.snapshot);
	let { probe } = chosen;
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
		meta: () => metaOf(call, admitted, target, { attempts: ledger.attempts, waitedMs, now: ports.time.now() }),
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

const meterOf = (
	call: PassthroughCall,
	admitted: Admitted<PassPlan>,
	target: Target,
	{ number, ports }: { readonly number: number; readonly ports: Ports },
): Meter =>
	new Meter(
		requestFacts(call, admitted, 'passthrough', { runId: call.runId }),
		target,
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
			const failure = failureOf(error, controller.signal, response.status);
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
	{ snapshot, requests, unchecked }: Admitted<PassPlan>,
	target: Target,
	{ attempts, waitedMs, now }: { readonly attempts: number; readonly waitedMs: number; readonly now: number },
): CallMeta {
	return {
		requestId: call.requestId,
		provider: target.provider.id,
		model: target.model,
		attempts,
		configVersion: snapshot.version,
		context: null,
		warnings: warningsOf({ unchecked }),
		routing: { strategy: 'priority', sticky: false, steps: [stepOf(target, attempts)] },
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
