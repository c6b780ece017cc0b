import { type GatewayError, invalid } from '../../errors';
import type { ChatRequest, Warning } from '../../language/request';
import type { Capability, Support } from '../capability';
import { neverReasons, type Shortfall, samples, statedSupport, supportOf } from './support';
import type { FitTarget } from './target';

/** What an answer would mislead without: it is refused where a table would drop it. */
const STRUCTURAL: ReadonlySet<Capability> = new Set<Capability>([
	'messages.system',
	'messages.systemMidway',
	'image.url',
	'image.data',
	'image.fileId',
	'file.url',
	'file.data',
	'file.fileId',
	'audio',
	'tools',
	'tools.parallelResults',
	'tools.resultImage',
]);

const NO_WARNINGS: readonly Warning[] = Object.freeze([]);
const NOTHING: ReadonlySet<Capability> = new Set();

/** What one request asks of its target beyond what that gives. */
export class Findings {
	readonly #target: FitTarget;
	readonly #strict: boolean;
	#warnings: Warning[] | undefined;
	#dropped: Set<Capability> | undefined;

	constructor(request: ChatRequest, target: FitTarget) {
		this.#strict = request.strict === true;
		this.#target =
			target.traits.sampling || !samples(request, target)
				? target
				: { ...target, traits: { ...target.traits, sampling: true } };
	}

	get warnings(): readonly Warning[] {
		return this.#warnings ?? NO_WARNINGS;
	}

	/** What must be left out of the request. */
	get dropped(): ReadonlySet<Capability> {
		return this.#dropped ?? NOTHING;
	}

	get neverReasons(): boolean {
		return neverReasons(this.#target);
	}

	/** undefined: it is taken as asked. */
	shortfall(capability: Capability): Shortfall | undefined {
		return short(supportOf(capability, this.#target));
	}

	/** The same, where it is no matter of the model. */
	statedShortfall(capability: Capability): Shortfall | undefined {
		return short(statedSupport(capability, this.#target));
	}

	/**
	 * Throws `invalid_request` for what is refused, and in a strict request for what is dropped or lossy.
	 * `quiet`: leaving it out changes nothing the caller asked for, so nobody needs to hear of it.
	 */
	settle(capability: Capability, shortfall: Shortfall, param: string, quiet = false): void {
		const text = textOf(shortfall);
		if (!quiet && ('refused' in shortfall || ('dropped' in shortfall && STRUCTURAL.has(capability))))
			throw this.#refusal(param, "can't be sent this", text);
		if (!quiet && this.#strict) throw this.#inexact(param, text);
		if ('lossy' in shortfall) return;
		this.#dropped ??= new Set();
		this.#dropped.add(capability);
		if (!quiet) this.#warn(fieldOf(capability), text);
	}

	/** An assistant turn without content: some providers refuse it, and none learns anything from it. */
	emptyTurn(param: string): void {
		const text = 'An assistant message that says nothing is left out.';
		if (this.#strict) throw this.#inexact(param, text);
		this.#warn('messages', text);
	}

	/** A field of a dialect that the target doesn't speak. `hint`: its loss changes no answer. */
	unspoken(field: string, hint: boolean): void {
		const text = `${this.#target.name} has no ${field}; left out.`;
		if (this.#strict && !hint) throw this.#inexact(field, text);
		this.#warn(field, text);
	}

	/** Names a field once for each reason. */
	#warn(field: string, message: string): void {
		this.#warnings ??= [];
		if (!this.#warnings.some((warning) => warning.field === field && warning.message === message))
			this.#warnings.push({ field, message });
	}

	#inexact(param: string, text: string): GatewayError {
		return this.#refusal(param, "can't honour this as asked, and the request is strict", text);
	}

	#refusal(param: string, why: string, text: string): GatewayError {
		return invalid(param, `${param}: ${this.#target.name} ${why}. ${text}`);
	}
}

const short = (support: Support): Shortfall | undefined => (support === 'exact' ? undefined : support);

/** What a shortfall says of itself. */
export function textOf(shortfall: Shortfall): string {
	if ('refused' in shortfall) return shortfall.refused;
	return 'dropped' in shortfall ? shortfall.dropped : shortfall.lossy;
}

/** As warnings name it. */
const fieldOf = (capability: Capability): string =>
	capability === 'messages.name' ? capability : (capability.split('.', 1)[0] ?? capability);
