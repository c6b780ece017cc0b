/** What a request would count before it is sent: by the provider's own counting, else by estimate. Nothing is metered. */
import { toGatewayError } from '../errors';
import type { ChatRequest, Warning } from '../language/request';
import { estimateInput } from '../planner/estimate';
import { measure } from '../planner/measure';
import { overheadOf } from '../planner/overhead';
import type { Wire, WireRequest } from '../providers/provider';
import { wireChoice } from '../providers/wire-choice';
import { looking } from './affinity';
import type { ChatCall, TokenCount } from './call';
import { type ChatPlan, planChat } from './plan';
import type { Ports } from './ports';
import { endProbe } from './report';
import { following } from './request-facts';
import { noTarget } from './request-ledger';
import { agentSlugOf } from './route';
import type { Target } from './target';
import { ANSWER_LIMIT, exchange, readText } from './upstream';
import { watch } from './watchdog';
import { wireRequestOf } from './wire-request';

/** Throws GatewayError: unknown or forbidden model or agent, and what the first target could not carry at all. */
export async function countTokens(call: ChatCall, ports: Ports): Promise<TokenCount> {
	const snapshot = await ports.config.reload(agentSlugOf(call.request.model, call.agent));
	const plan = planChat(call, snapshot, { ...ports, affinity: looking(ports.affinity) });
	const { request, warnings } = plan;
	const target = plan.candidates[0]?.target;
	if (!target) throw noTarget();
	const about = { provider: target.provider.id, model: target.model, configVersion: snapshot.version };
	const question = questionFor(plan, target, snapshot.organization.id, ports);
	if (!question) return { ...about, inputTokens: estimated(request, target), method: 'estimate', warnings };
	try {
		return { ...about, inputTokens: await answered(question, target, call, ports), method: 'provider', warnings };
	} catch (thrown) {
		const { code } = toGatewayError(thrown);
		ports.log('warn', 'count-failed', { requestId: call.requestId, provider: target.provider.id, code });
		const inputTokens = estimated(request, target);
		return { ...about, inputTokens, method: 'estimate', warnings: [...warnings, notCounted(code)] };
	}
}

const notCounted = (code: string): Warning => ({
	field: 'count',
	message: `The provider could not count (${code}); this is an estimate.`,
});

interface Question {
	readonly wire: Wire;
	readonly wireRequest: WireRequest;
	readonly fromResponse: (body: string) => number;
}

/** null: the provider counts nothing, or does not answer anybody now. Throws `invalid_request` as a chat would. */
function questionFor(
	{ request, insisted, firstMessage }: ChatPlan,
	target: Target,
	organizationId: string,
	ports: Ports,
): Question | null {
	const { provider } = target;
	const { wire: id, quirks } = wireChoice(provider, target.model, request);
	const wire = ports.registry.wires[id];
	if (!provider.counting || !wire.counting || !answersNow(target, organizationId, ports)) return null;
	const { toRequest, fromResponse } = wire.counting;
	const counting = { id, capabilities: wire.capabilities, toRequest };
	const addressee = { target, wire: counting, quirks, stream: false, firstMessage };
	return { wire, wireRequest: wireRequestOf(request, addressee, insisted), fromResponse };
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

/** A figure on the high side: text by its bytes, media at flat figures, and what this model's prompt format adds. */
function estimated(request: ChatRequest, { facts }: Target): number {
	const measured = measure(request);
	const { perMessage, toolPreamble, perTool } = overheadOf(facts);
	const tools = measured.schemas > 0 ? toolPreamble + measured.schemas * perTool : 0;
	return estimateInput(request, measured) + measured.messages * perMessage + tools;
}
