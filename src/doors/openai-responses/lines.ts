/** The events of a streamed response as text, numbered as they come. */

/** What an answer says while it is put together; a whole answer says nothing. */
export interface Lines {
	/** `fields` beside `type` and `sequence_number`; not empty. */
	event(type: string, fields: object): void;
	/** The hot path: all but the piece itself was serialised when its part began. */
	delta(head: string, piece: string, tail: string): void;
}

export const SILENT: Lines = { event: () => undefined, delta: () => undefined };

/** Up to the number of the event. */
const headOf = (type: string): string => `event: ${type}\ndata: {"type":"${type}","sequence_number":`;

/** `head` of `Lines.delta`: the event's type, and the members that are the same in each. */
export const deltaHead = (type: string, fields: object): string =>
	`event: ${type}\ndata: {"type":"${type}",${JSON.stringify(fields).slice(1, -1)},"sequence_number":`;

export class EventLines implements Lines {
	#text = '';
	#number = 0;

	event(type: string, fields: object): void {
		this.members(type, JSON.stringify(fields).slice(1, -1));
	}

	/** `members`: of the event's object, already serialised. */
	members(type: string, members: string): void {
		this.#text += `${headOf(type)}${this.#number++},${members}}\n\n`;
	}

	delta(head: string, piece: string, tail: string): void {
		this.#text += `${head}${this.#number++},"delta":${JSON.stringify(piece)}${tail}}\n\n`;
	}

	/** What was said since the last time. */
	take(): string {
		const text = this.#text;
		this.#text = '';
		return text;
	}
}
