import { added, done, type ItemStatus, type OutputItem, type Place } from './item';
import { deltaHead } from './lines';

export class CallItem implements OutputItem {
	readonly #place: Place;
	readonly #callId: string;
	readonly #name: string;
	readonly #head: string;
	#arguments = '';
	#status: ItemStatus | 'in_progress' = 'in_progress';

	constructor(place: Place, callId: string, name: string) {
		this.#place = place;
		this.#callId = callId;
		this.#name = name;
		const where = { item_id: place.id, output_index: place.index };
		this.#head = deltaHead('response.function_call_arguments.delta', where);
		added(place, this.body);
	}

	get body(): object {
		return {
			id: this.#place.id,
			type: 'function_call',
			status: this.#status,
			arguments: this.#arguments,
			call_id: this.#callId,
			name: this.#name,
		};
	}

	get closed(): boolean {
		return this.#status !== 'in_progress';
	}

	/** Calls may interleave: one whose arguments are whole JSON has all of them. */
	isOver = (): boolean => {
		if (!this.#arguments.trimEnd().endsWith('}')) return false;
		try {
			JSON.parse(this.#arguments);
			return true;
		} catch {
			return false;
		}
	};

	add(written: string): void {
		if (written === '') return;
		this.#arguments += written;
		this.#place.lines.delta(this.#head, written, '');
	}

	/** A call without arguments has the arguments `{}`: an empty text would not parse. */
	close(status: ItemStatus): void {
		if (this.#arguments === '' && status === 'completed') this.add('{}');
		this.#status = status;
		this.#place.lines.event('response.function_call_arguments.done', {
			item_id: this.#place.id,
			output_index: this.#place.index,
			arguments: this.#arguments,
			name: this.#name,
		});
		done(this.#place, this.body);
	}
}
