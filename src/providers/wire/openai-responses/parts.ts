/** What each event of a stream says about the output items. Types that are not here say nothing. */
import type { ChatEvent } from '../../../language/event';
import { type Json, numberOf, textOf } from '../json';
import type { Items } from './items';

type Reader = (items: Items, event: Json, events: ChatEvent[]) => void;

const delta = (event: Json): string => textOf(event.delta) ?? '';
const content = (event: Json): number => numberOf(event.content_index) ?? 0;
const summary = (event: Json): number => numberOf(event.summary_index) ?? 0;

/** The `done` of a part repeats it whole: what its deltas left out is sent on. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
	['output_item.added', (items, event, events) => items.added(event, events)],
	['output_item.done', (items, event, events) => items.done(event, events)],
	[
		'output_text.delta',
		(items, event, events) => items.message(event)?.text(content(event), delta(event), event.logprobs, events),
	],
	[
		'output_text.done',
		(items, event, events) =>
			items.message(event)?.rest('text', content(event), textOf(event.text) ?? '', event.logprobs, events),
	],
	[
		'output_text.annotation.added',
		(items, event, events) => items.message(event)?.annotation(content(event), event.annotation, events),
	],
	['refusal.delta', (items, event, events) => items.message(event)?.refusal(content(event), delta(event), events)],
	[
		'refusal.done',
		(items, event, events) =>
			items.message(event)?.rest('refusal', content(event), textOf(event.refusal) ?? '', undefined, events),
	],
	[
		'function_call_arguments.delta',
		(items, event, events) => items.call(event, false)?.arguments(delta(event), events),
	],
	[
		'function_call_arguments.done',
		(items, event, events) => items.call(event, false)?.rest(textOf(event.arguments) ?? '', events),
	],
	['custom_tool_call_input.delta', (items, event, events) => items.call(event, true)?.arguments(delta(event), events)],
	[
		'custom_tool_call_input.done',
		(items, event, events) => items.call(event, true)?.rest(textOf(event.input) ?? '', events),
	],
	[
		'reasoning_summary_text.delta',
		(items, event, events) => items.reasoning(event)?.text('summary', summary(event), delta(event), events),
	],
	[
		'reasoning_summary_text.done',
		(items, event, events) => items.reasoning(event)?.rest('summary', summary(event), textOf(event.text) ?? '', events),
	],
	[
		'reasoning_text.delta',
		(items, event, events) => items.reasoning(event)?.text('content', content(event), delta(event), events),
	],
	[
		'reasoning_text.done',
		(items, event, events) => items.reasoning(event)?.rest('content', content(event), textOf(event.text) ?? '', events),
	],
]);

/** `type` without its `response.`. */
export function readEvent(type: string, items: Items, event: Json, events: ChatEvent[]): void {
	READERS.get(type)?.(items, event, events);
}
