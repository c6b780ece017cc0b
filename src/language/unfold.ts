/** The other way round: a whole answer as the events that fold back into it. */
import type { ChatEvent } from './event';
import type { AssistantPart } from './message';
import type { ChatResponse, TokenLogprob } from './request';

function* partEvents(part: AssistantPart, index: number): Generator<ChatEvent> {
	switch (part.type) {
		case 'text':
			yield { type: 'text-delta', index, text: part.text, ...(part.phase && { phase: part.phase }) };
			for (const annotation of part.annotations ?? []) yield { type: 'annotation', index, annotation };
			return;
		case 'reasoning':
			if (part.text) yield { type: 'reasoning-delta', index, text: part.text };
			if (part.signature !== undefined)
				yield {
					type: 'reasoning-signature',
					index,
					signature: part.signature,
					...(part.redacted && { redacted: true }),
				};
			return;
		case 'refusal':
			yield { type: 'refusal-delta', index, text: part.text };
			return;
		case 'tool-call':
			yield { type: 'tool-call-start', index, id: part.id, name: part.name };
			yield { type: 'tool-call-delta', index, arguments: part.arguments };
	}
}

/** All of them go with the first delta of their kind. */
function attach(
	type: 'text-delta' | 'refusal-delta',
	logprobs: readonly TokenLogprob[] | undefined,
	events: ChatEvent[],
): void {
	const at = logprobs ? events.findIndex((event) => event.type === type) : -1;
	const delta = events[at];
	if (logprobs && delta && delta.type === type) events[at] = { ...delta, logprobs };
}

/** Used where an upstream answers a streamed call with a plain JSON body. */
export function unfold(response: ChatResponse): ChatEvent[] {
	const events: ChatEvent[] = [{ type: 'start', id: response.id, model: response.model }];
	response.content.forEach((part, index) => {
		events.push(...partEvents(part, index));
	});
	attach('text-delta', response.logprobs, events);
	attach('refusal-delta', response.refusalLogprobs, events);
	if (response.usage) events.push({ type: 'usage', usage: response.usage });
	events.push({ type: 'finish', finish: response.finish });
	return events;
}
