/** How much one request counts at each model: by lengths alone as long as those tell that it fits, else counted. */
import type { ModelFacts } from '../catalog/facts';
import type { ContextReceipt } from '../language/context';
import type { ChatRequest } from '../language/request';
import { bound } from '../planner/bound';
import { type CountMemo, counterFor, countMemo, encodingOf, tableEstimate } from '../planner/count';
import type { Counter } from '../planner/counter';
import type { Encoding, EncodingName } from '../planner/encoding';
import { estimateInput } from '../planner/estimate';
import { type Measure, measure } from '../planner/measure';
import type { Room } from '../planner/planning';
import { limitOf, type RoomTerms, roomOf } from '../planner/room';
import { wireChoice } from '../providers/wire-choice';
import { tooLong } from './filter';
import { calibrationFor } from './learning';
import { outputAsked } from './output-option';
import type { Ports } from './ports';
import type { Target } from './target';

export type SizePorts = Pick<Ports, 'encodings' | 'health' | 'registry'>;

/** By lengths alone. */
export interface Bounded {
	/** Of the request as it came. */
	readonly receipt: ContextReceipt;
	/** False: it may be too long, or may not; only a closer count can tell. */
	readonly fits: boolean;
	/** Longest prompt that may be sent there, however little is kept for the answer (tokens). */
	readonly most: number;
}

interface Alike extends Bounded {
	readonly facts: ModelFacts;
	readonly wireOutput: number | null;
}

/** Counted as closely as it can be there. */
export interface Counted {
	readonly counter: Counter;
	/** Of the whole prompt as it came. */
	readonly total: number;
	readonly room: Room;
}

/** A bound goes by nothing else. */
const isAlike = (one: ModelFacts, other: ModelFacts): boolean =>
	one === other ||
	(one.provider === other.provider &&
		one.model === other.model &&
		one.tokenizer === other.tokenizer &&
		one.contextWindow === other.contextWindow &&
		one.inputLimit === other.inputLimit &&
		one.maxOutput === other.maxOutput &&
		one.structuredOutput === other.structuredOutput &&
		one.reasoning === other.reasoning &&
		one.reasoningOptions === other.reasoningOptions);

/** What is the same for targets that are counted and planned for alike. */
export const sizeKey = ({ name, place, facts }: Target): string =>
	[name, place.endpoint, facts.contextWindow, facts.inputLimit, facts.maxOutput].join(' ');

const NOTHING: readonly never[] = [];

/** Of one request. What keys of one model have in common is worked out once: reading a long text takes its time. */
export class Sizes {
	readonly measured: Measure;
	/** On the high side, by lengths alone. */
	readonly estimate: number;
	readonly #bounds = new Map<ModelFacts, Alike>();
	readonly #counted = new Map<string, Counted>();
	readonly #encodings = new Map<EncodingName, Encoding | null>();
	/** What was counted already, over all targets. */
	#memo: CountMemo | null = null;

	/** `asked`: `maxTokens` is the caller's own word. */
	constructor(
		readonly request: ChatRequest,
		readonly asked: boolean,
		private readonly ports: SizePorts,
	) {
		this.measured = measure(request);
		this.estimate = estimateInput(request, this.measured);
	}

	bound(target: Target): Bounded {
		const { facts } = target;
		const known = this.#bounds.get(facts) ?? this.#boundAlike(target);
		this.#bounds.set(facts, known);
		return known;
	}

	#boundAlike(target: Target): Alike {
		const { facts } = target;
		const wireOutput = this.wireOutput(target);
		for (const one of this.#bounds.values()) if (one.wireOutput === wireOutput && isAlike(one.facts, facts)) return one;
		const room = this.room(target, {}, wireOutput);
		const { before } = bound(this.request, facts, this.measured);
		const limit = limitOf(room);
		return {
			facts,
			wireOutput,
			fits: before <= limit,
			most: limitOf(room, room.leastReserve),
			receipt: {
				before,
				after: before,
				limit,
				reserve: room.reserve,
				method: 'bound',
				factor: 1,
				dropped: NOTHING,
				shortened: NOTHING,
				summarized: NOTHING,
				replans: 0,
			},
		};
	}

	/** Loads what counting for these takes. Never rejects. */
	async load(targets: readonly Target[]): Promise<void> {
		const names = new Set(targets.map(({ facts }) => encodingOf(facts)));
		const missing = [...names].filter((name) => !this.#encodings.has(name));
		const { encodings } = this.ports;
		await Promise.all(missing.map(async (name) => this.#encodings.set(name, await encodings.load(name))));
	}

	/** What counts for it has been loaded. */
	isCountable({ facts }: Target): boolean {
		return this.#encodings.has(encodingOf(facts));
	}

	/** Of one that is countable. */
	counted(target: Target): Counted {
		const key = sizeKey(target);
		const known = this.#counted.get(key);
		if (known) return known;
		const counter = this.counter(target);
		const total = counter.total(this.request.messages);
		const made = { counter, total, room: this.room(target, { method: counter.method }) };
		this.#counted.set(key, made);
		return made;
	}

	/** Of the prompt as it came: as counted, where it was counted closely, else the estimate. */
	likely(target: Target): number {
		if (this.bound(target).fits || !this.isCountable(target)) return this.estimate;
		const { counter, total } = this.counted(target);
		return counter.method === 'bound' ? this.estimate : total;
	}

	/** With what has been learned by now, of one that is countable. */
	counter(target: Target): Counter {
		const encoding = this.#encodings.get(encodingOf(target.facts)) ?? null;
		const calibration = calibrationFor(target, this.ports);
		this.#memo ??= countMemo();
		return counterFor(this.request, { facts: target.facts, encoding, calibration, memo: this.#memo });
	}

	/** The same of what is sent there, by the tables alone, without a margin or what was learned; null: only lengths are known. */
	tabled({ facts }: Target, request: ChatRequest): number | null {
		const encoding = this.#encodings.get(encodingOf(facts)) ?? null;
		this.#memo ??= countMemo();
		return encoding && tableEstimate(request, facts, encoding, this.#memo);
	}

	room(target: Target, terms: Omit<RoomTerms, 'asked' | 'wireOutput'>, wireOutput = this.wireOutput(target)): Room {
		const maxTokens = this.maxTokens(target);
		// An option is sent as it is, whatever is planned.
		const asked = this.asked || maxTokens !== this.request.maxTokens;
		const { reasoning } = this.request;
		const request = asked && maxTokens !== undefined ? { maxTokens, ...(reasoning && { reasoning }) } : this.request;
		return roomOf(request, target.facts, { ...terms, asked, wireOutput });
	}

	/** Most tokens of the answer that are asked for there; undefined: nothing says so. */
	maxTokens({ provider }: Pick<Target, 'provider'>): number | undefined {
		return outputAsked(this.request, provider.id);
	}

	/** Why the whole conversation does not fit there, with the figures; null: it does. */
	lack(target: Target): string | null {
		if (this.bound(target).fits) return null;
		if (!this.isCountable(target)) {
			const { maxTokens = null } = this.request;
			return tooLong(target.facts, { promptTokens: this.estimate, maxTokens });
		}
		const { counter, total, room } = this.counted(target);
		const limit = limitOf(room, room.leastReserve);
		if (total <= limit) return null;
		return `context: ${total} tokens (${counter.method}) do not fit ${limit}, with ${room.leastReserve} kept for the answer`;
	}

	/** What the wire sends by itself as the bound of the output, where the request sets none (tokens). */
	wireOutput({ provider, model, upstreamModel, facts }: Target): number | null {
		if (this.request.maxTokens !== undefined || !this.#sendsBounds(provider)) return null;
		const { wire } = wireChoice(provider, model, this.request);
		const { defaultOutput } = this.ports.registry.wires[wire];
		return defaultOutput?.(this.request, { model: upstreamModel, traits: facts }) ?? null;
	}

	/** Which of its wires a request takes need not be known where none does. */
	#sendsBounds({ wire, alternatives }: Target['provider']): boolean {
		const { wires } = this.ports.registry;
		return (
			wires[wire].defaultOutput !== undefined || alternatives?.some((one) => wires[one.wire].defaultOutput) === true
		);
	}
}
