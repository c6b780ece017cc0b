/** Providers as their administrators ask them; see `UpstreamPort`. */
import { framerOf } from '../providers/framing';
import type { Frame } from '../providers/provider';
import { aborted } from './meter';
import type { Ports, UpstreamPort, UpstreamQuestion } from './ports';
import { type ProbePorts, probe } from './probe';
import { following } from './request-facts';
import { dispatch, failureOf } from './upstream';
import { type Watchdog, watch } from './watchdog';

type UpstreamPorts = ProbePorts & Pick<Ports, 'config'>;
type FramePorts = Pick<Ports, 'send' | 'time' | 'limits'>;

export const upstreams = (ports: UpstreamPorts): UpstreamPort => ({
	async credentials(providerId) {
		const { credentials } = await ports.config.reload(null);
		return credentials[providerId] ?? [];
	},
	frames: (question) => framesOf(question, ports),
	probe: (provider, credential, model, signal) => probe(provider, credential, model, signal, ports),
});

/** No limit in total: a large model takes an hour. A server that verifies one is silent for minutes. */
async function* framesOf(question: UpstreamQuestion, ports: FramePorts): AsyncGenerator<readonly Frame[], void, void> {
	const controller = following(question.signal);
	const silence = ports.limits.totalMs;
	const never = Number.POSITIVE_INFINITY;
	const limits = { firstEventMs: silence, idleMs: silence, commitBy: never, totalBy: never };
	const dog = watch(ports.time, limits, (error) => controller.abort(error));
	try {
		yield* batchesOf(await ask(question, controller.signal, ports), question, controller.signal, dog);
	} catch (error) {
		throw failureOf(error, controller.signal);
	} finally {
		dog.stop();
		// Also where the reader left in the middle: the upstream must not go on sending.
		controller.abort(aborted());
	}
}

function ask(
	{ provider, credential, wire, request }: UpstreamQuestion,
	signal: AbortSignal,
	ports: FramePorts,
): Promise<Response> {
	const { path, headers, body } = request;
	const call = { method: 'POST', url: credential.baseUrl + path, headers, body } as const;
	return dispatch(call, { provider, credential }, wire, signal, ports);
}

async function* batchesOf(
	response: Response,
	{ wire }: UpstreamQuestion,
	signal: AbortSignal,
	dog: Watchdog,
): AsyncGenerator<readonly Frame[], void, void> {
	const reader = response.body?.getReader();
	if (!reader) return;
	const framer = framerOf(wire.framing);
	const cancel = (): void => void reader.cancel().catch(() => undefined);
	signal.addEventListener('abort', cancel, { once: true });
	try {
		for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
			dog.touch();
			const frames = framer.push(chunk.value);
			if (frames.length > 0) yield frames;
		}
		signal.throwIfAborted();
		const rest = framer.end();
		if (rest.length > 0) yield rest;
	} finally {
		cancel();
	}
}
