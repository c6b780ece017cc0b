/** Frames → events. A script can make the mock say anything, so the grammar is held here. */
import type { ChatEvent } from '../../../language/event';
import { GrammarChecker } from '../../../language/grammar';
import type { Decoder, Frame } from '../../provider';
import { cutShort } from '../failure';
import { isObject, type Json, malformed, tryJson } from '../json';
import { readEvent } from './event';

export class MockDecoder implements Decoder {
	readonly #grammar = new GrammarChecker();
	#ended = false;

	push(frame: Frame): ChatEvent[] {
		if (this.#ended || frame.data === '') return [];
		const payload = tryJson(frame.data);
		return isObject(payload) ? this.read(payload) : this.#last(malformed('The mock sent an event that is not JSON.'));
	}

	end(): ChatEvent[] {
		return this.#ended ? [] : this.#last(cutShort());
	}

	/** One event, already parsed; an unknown one is passed over. */
	read(payload: Json): ChatEvent[] {
		const event = this.#ended ? undefined : readEvent(payload);
		if (!event) return [];
		const violation = this.#grammar.push(event);
		if (violation) return this.#last(malformed(`The mock broke the grammar of streams: ${violation}.`));
		this.#ended = event.type === 'finish' || event.type === 'error';
		return [event];
	}

	#last(error: ReturnType<typeof cutShort>): ChatEvent[] {
		this.#ended = true;
		return [{ type: 'error', error }];
	}
}
