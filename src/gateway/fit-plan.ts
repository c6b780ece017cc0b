/** The conversation as each candidate gets it, planned when it is its turn: as it came where lengths alone say that it fits. */
import { GatewayError, type UpstreamFailure } from '../errors';
import type { ContextMode, ContextReceipt } from '../language/context';
import type { Message } from '../language/message';
import type { ChatRequest, Warning } from '../language/request';
import type { Counter } from '../planner/counter';
import { planRequest } from '../planner/plan';
import type { PlanResult, PlanTerms } from '../planner/planning';
import { limitOf, type RoomTerms } from '../planner/room';
import { checkRequest } from '../providers/fit';
import { placesOf, tracedPlaces } from './places';
import type { ChatPlan, Planned } from './plan';
import type { Ports } from './ports';
import { sizeKey } from './sizes';
import { notSummarized, type SummaryResult, summarized } from './summary';
import type { Target } from './target';

/** What one candidate is sent. */
export interface Fit {
	/** The plan's own where nothing had to be done to it. */
	readonly request: ChatRequest;
	/** See `ChatPlan.insisted`: what is left of it. */
	readonly insisted: ChatRequest | null;
	/** See `FitOptions.places`; absent: they stand as they came. */
	readonly places?: readonly number[];
	readonly receipt: ContextReceipt;
	readonly warnings: readonly Warning[];
	/** What the prompt is taken to count where the upstream does not say (tokens). */
	readonly promptTokens: number;
	/** See `Sent.estimated`. */
	readonly estimated: number | null;
}

type SummaryTerms = Parameters<typeof summarized>[0];

/** What a summary is asked for with, beside the conversation. */
export type FitTerms = Pick<SummaryTerms, 'call' | 'snapshot' | 'chat'> & {
	readonly plan: ChatPlan;
	/** ms since epoch: the request's commit deadline. */
	readonly commitBy: number;
	/** Adds to the time spent waiting on upstreams (ms). */
	readonly waited: (ms: number) => void;
};

/** What an upstream has shown of its limits in this request. */
type Shown = Pick<RoomTerms, 'statedLimit' | 'shrink' | 'refused'>;

/** Of a limit that turned out to be none, where the upstream names no other. */
const SHRINK = 0.75;
const NONE: readonly Warning[] = [];

/** Of one request, for all its candidates. */
export class Fitter {
	#places: ReadonlyMap<Message, number> | null = null;
	/** By `sizeKey`: what keys of one model are sent is planned once. */
	readonly #fits = new Map<string, Promise<Fit>>();
	readonly #shown = new Map<string, Shown>();
	readonly #sent = new Map<Planned, Fit>();

	constructor(
		private readonly terms: FitTerms,
		private readonly ports: Ports,
	) {}

	/**
	 * A promise only where lengths alone do not tell that it fits. Throws, or rejects with, `context_too_long` where it
	 * can't be made to fit, `invalid_request` where it is no conversation.
	 */
	fit(planned: Planned): Fit | Promise<Fit> {
		const { target } = planned;
		if (planned.fits && (this.#shown.size === 0 || !this.#shown.has(sizeKey(target))))
			return this.#sending(planned, this.#asItCame(planned));
		const key = sizeKey(target);
		const known = this.#fits.get(key) ?? this.#planned(target, 0);
		this.#fits.set(key, known);
		return known.then((fit) => this.#sending(planned, fit));
	}

	/** What this candidate was sent last; null: nothing yet. */
	sent(planned: Planned): Fit | null {
		return this.#sent.get(planned) ?? null;
	}

	/**
	 * Once more, after its upstream has said that what was sent is too long, and what it stated was learned. null: no less
	 * can be sent.
	 */
	async refit(planned: Planned, { upstream }: GatewayError): Promise<Fit | null> {
		const { target } = planned;
		const { context, sizes } = this.terms.plan;
		const sent = this.#sent.get(planned);
		if (!sent || context.mode === 'off' || context.mode === 'refuse') return null;
		try {
			await sizes.load([target]);
			this.#shown.set(sizeKey(target), this.#shownBy(upstream, sent, target, sizes.counter(target)));
			const fit = this.#planned(target, 1);
			this.#fits.set(sizeKey(target), fit);
			return this.#sending(planned, await fit);
		} catch (error) {
			if (error instanceof GatewayError) return null;
			throw error;
		}
	}

	#sending(planned: Planned, fit: Fit): Fit {
		this.#sent.set(planned, fit);
		return fit;
	}

	/** Its stated limit, or, where what was sent would fit that by our count, a part of what was sent. */
	#shownBy(upstream: UpstreamFailure | undefined, sent: Fit, target: Target, counter: Counter): Shown {
		const { sizes } = this.terms.plan;
		const { contextLimit, promptTokens } = upstream ?? {};
		const refused = counter.total(sent.request.messages);
		const named = contextLimit === undefined ? {} : { statedLimit: contextLimit };
		const room = sizes.room(target, { ...named, method: counter.method });
		// Where no bound of the answer was sent, a lower one changes nothing.
		const bounded = sent.request.maxTokens !== undefined || sizes.wireOutput(target) !== null;
		const limit = limitOf(room, bounded ? room.reserve : room.leastReserve);
		if (contextLimit !== undefined && refused > limit) return named;
		const share = promptTokens === undefined ? SHRINK : limit / Math.max(1, promptTokens);
		return { ...named, shrink: Math.min(SHRINK, share), refused };
	}

	#asItCame({ target, context, promptTokens }: Planned): Fit {
		const { plan } = this.terms;
		return {
			request: withinModel(plan, target),
			insisted: plan.insisted,
			receipt: context,
			warnings: NONE,
			promptTokens,
			estimated: null,
		};
	}

	async #planned(target: Target, replans: number): Promise<Fit> {
		const { plan } = this.terms;
		const { sizes, firstMessage } = plan;
		checkRequest(plan.request, firstMessage);
		await sizes.load([target]);
		const counter = sizes.counter(target);
		this.#places ??= placesOf(plan.request.messages, firstMessage);
		const terms: PlanTerms = {
			counter,
			room: sizes.room(target, { ...this.#shown.get(sizeKey(target)), method: counter.method }),
			mode: planning(plan.context.mode),
			places: this.#places,
			replans,
		};
		const { result, warnings, places } = await this.#summarized(withinModel(plan, target), terms);
		if (result.kind === 'too-long') throw new GatewayError('context_too_long', result.message, { param: result.param });
		const { request, receipt } = result;
		const { messages } = plan.request;
		const estimated = sizes.tabled(target, request);
		const isShorter = request.messages !== messages;
		return {
			request,
			insisted: plan.insisted && isShorter ? { ...plan.insisted, messages: request.messages } : plan.insisted,
			...(isShorter && { places: tracedPlaces(request.messages, messages, places) }),
			receipt,
			warnings: [...warnings, ...result.warnings],
			promptTokens: receipt.after,
			estimated,
		};
	}

	/** Planned, with a summary in the place of what would be dropped, where that is asked for and there is one. */
	async #summarized(
		request: ChatRequest,
		terms: PlanTerms,
	): Promise<{ result: PlanResult; warnings: readonly Warning[]; places: PlanTerms['places'] }> {
		const { plan, call, snapshot, chat, commitBy } = this.terms;
		const trimmed = planRequest(request, terms);
		const asItIs = { result: trimmed, warnings: NONE, places: terms.places };
		if (plan.context.mode !== 'summarize' || trimmed.kind === 'too-long') return asItIs;
		if (!trimmed.receipt.dropped.some(({ what }) => what === 'messages')) return asItIs;
		const { summarizer } = plan.context;
		if (summarizer === undefined)
			return { ...asItIs, warnings: [notSummarized('the configuration names no summarizer')] };
		const startedAt = this.ports.time.now();
		const made: SummaryResult = await summarized(
			{
				call,
				snapshot,
				request,
				terms,
				trimmed,
				plan: planRequest,
				policy: { ...plan.context, summarizer },
				residency: plan.route.policy.residency,
				commitBy,
				chat,
			},
			this.ports,
		);
		this.terms.waited(this.ports.time.now() - startedAt);
		if ('failed' in made) return { ...asItIs, warnings: [notSummarized(made.failed)] };
		const { before } = trimmed.receipt;
		const { places } = made;
		const result = planRequest(made.request, { ...terms, places, before, summarized: made.summarized });
		return { result, warnings: made.warnings, places };
	}
}

const planning = (mode: ContextMode | undefined): PlanTerms['mode'] =>
	mode === undefined || mode === 'off' ? 'trim' : mode;

/** A bound that the configuration alone has set is no wish for more than the model gives. */
function withinModel({ request, given }: Pick<ChatPlan, 'request' | 'given'>, { facts }: Target): ChatRequest {
	const { maxTokens } = request;
	if (!given || maxTokens === undefined || facts.maxOutput === null || maxTokens <= facts.maxOutput) return request;
	return { ...request, maxTokens: facts.maxOutput };
}
