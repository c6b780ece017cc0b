/** What a request would count before it is sent: by the provider's own counting, else by ours. Nothing is metered. */
import { toGatewayError } from '../errors';
import type { Warning } from '../language/request';
import type { Wire, WireRequest } from '../providers/provider';
import { wireChoice } from '../providers/wire-choice';
import { looking } from './affinity';
import type { ChatCall, TokenCount } from './call';
import { type ChatPlan, planChat } from './plan';
import type { Ports, Snapshot } from './ports';
import { endProbe } from './report';
import { following } from './request-facts';
import { noTarget } from './request-ledger';
import { agentSlugOf } from './route';
import type { Counted } from './sizes';
import type { Target } from './target';
import { ANSWER_LIMIT, exchange, readText } from './upstream';
import { watch } from './watchdog';
import { wireRequestOf } from './wire-request';

/** Throws GatewayError: unknown or forbidden model or agent, and what the first target could not carry at all. */
export async function countTokens(call: ChatCall, ports: Ports): Promise<TokenCount> {
	const { plan, target, snapshot } = await firstTarget(call, ports, false);
	const about = { provider: target.provider.id, model: target.model, configVersion: snapshot.version };
	const own = async (warnings: readonly Warning[]): Promise<TokenCount> => {
		const { total, counter } = await counted(plan, target);
		return { ...about, inputTokens: total, method: counter.method, warnings };
	};
	const question = questionFor(plan, target, snapshot.organization.id, ports);
	if (!question) return own(plan.warnings);
	try {
		const inputTokens = await answered(question, target, call, ports);
		return { ...about, inputTokens, method: 'provider', warnings: plan.warnings };
	} catch (thrown) {
		const { code } = toGatewayError(thrown);
		if (code === 'aborted') throw thrown;
		ports.log('warn', 'count-failed', { requestId: call.requestId, provider: target.provider.id, code });
		return own([...plan.warnings, notCounted(code)]);
	}
}

export interface First {
	readonly plan: ChatPlan;
	/** Whom a chat would ask first. */
	readonly target: Target;
	readonly snapshot: Snapshot;
}

/** By a configuration read anew, and without taking anybody's turn. `guarded`: what a chat would be refused for is. */
export async function firstTarget(call: ChatCall, ports: Ports, guarded: boolean): Promise<First> {
	const snapshot = await ports.config.reload(agentSlugOf(call.request.model, call.agent));
	const plan = await planChat(call, snapshot, { ...ports, affinity: looking(ports.affinity) }, guarded);
	const target = plan.candidates[0]?.target;
	if (!target) throw noTarget();
	return { plan, target, snapshot };
}

/** As closely as it can be counted here, whether or not lengths alone say that it fits. */
export async function counted({ sizes }: ChatPlan, target: Target): Promise<Counted> {
	await sizes.load([target]);
	return sizes.counted(target);
}

const notCounted = (code: string): Warning => ({
	field: 'count',
	message: `The provider could not count (${code}); this is the gateway's own count.`,
});

interface Question {
	readonly wire: Wire;
	readonly wireRequest: WireRequest;
	readonly fromResponse: (body: string) => number;
}

/** null: the provider counts nothing like it, or does not answer anybody now. Throws `invalid_request` as a chat would. */
function questionFor(plan: ChatPlan, target: Target, organizationId: string, ports: Ports): Question | null {
	const { request, insisted, firstMessage } = plan;
	const { counting } = target.provider;
	const { wire: spoken, quirks } = wireChoice(target.provider, target.model, request);
	const id = counting === true ? spoken : counting;
	const wire = id && ports.registry.wires[id];
	if (!wire?.counting || !answersNow(target, organizationId, ports)) return null;
	const { toRequest, fromResponse } = wire.counting;
	const counted = { id: wire.id, capabilities: wire.capabilities, toRequest };
	const addressee = { target, wire: counted, quirks, stream: false, firstMessage };
	if (id === spoken) return { wire, wireRequest: wireRequestOf(request, addressee, insisted), fromResponse };
	try {
		return { wire, wireRequest: wireRequestOf({ ...request, strict: false }, addressee), fromResponse };
	} catch {
		// That protocol can't say it, but it would not be asked for the answer.
		return null;
	}
}

/** Counting proves nothing of a model: a probe lease is given back. */
function answersNow(target: Target, organizationId: string, ports: Ports): boolean {
	const gate = ports.health.admits(target.place);
	if (gate === 'probe') endProbe('neutral', target, organizationId, ports);
	return gate === 'closed';
}

async function answered(question: Question, target: Target, { signal }: ChatCall, ports: Ports): Promise<number> {
	const controller = following(signal);
	const { firstEventMs, idleMs, totalMs } = ports.limits;
	const by = ports.time.now() + totalMs;
	const limits = { firstEventMs, idleMs, commitBy: by, totalBy: by };
	const dog = watch(ports.time, limits, (error) => controller.abort(error));
	try {
		const response = await exchange(target, question.wireRequest, question.wire, controller.signal, ports);
		return question.fromResponse(await readText(response, ANSWER_LIMIT, controller.signal, 'refuse'));
	} finally {
		dog.stop();
	}
}
