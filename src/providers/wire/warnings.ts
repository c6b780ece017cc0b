/** What a target can't honour: collected as warnings, or refused where the request is strict. */
import { invalid } from '../../errors';
import type { Warning } from '../../language/request';

export class Warnings {
	readonly #strict: boolean;
	readonly #list: Warning[] = [];

	/** `strict`: `ChatRequest.strict`. */
	constructor(strict: boolean | undefined) {
		this.#strict = strict === true;
	}

	/** Throws `invalid_request` naming the field where the request is strict. */
	add(field: string, message: string): void {
		if (this.#strict) throw invalid(field, message);
		this.#list.push({ field, message });
	}

	/** A loss that changes no answer, such as a hint: named once and never refused. */
	note(field: string, message: string): void {
		const known = this.#list.some((warning) => warning.field === field && warning.message === message);
		if (!known) this.#list.push({ field, message });
	}

	get list(): readonly Warning[] {
		return this.#list;
	}
}
