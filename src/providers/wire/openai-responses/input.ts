import type { AssistantMessage, AssistantPart, Message, Phase, ReasoningPart } from '../../../language/message';
import type { WireTarget } from '../../provider';
import type { Json } from '../json';
import { CallIds, callIdsOf, SIXTY_FOUR } from '../openai-chat/call-ids';
import type { ToolNames } from '../tool-names';
import type { Warnings } from '../warnings';
import { inputContent, outputContent } from './content';
import { unsealed } from './reasoning-seal';

interface Context {
	readonly target: WireTarget;
	readonly names: ToolNames;
	readonly warnings: Warnings;
}

interface Conversation extends Context {
	readonly ids: CallIds;
}

interface OpenMessage {
	readonly phase: Phase | undefined;
	readonly content: Json[];
}

/** The conversation as input items. Throws `invalid_request` for content the API can't be given. */
export function inputItems(messages: readonly Message[], context: Context): Json[] {
	warnOfForeignReasoning(messages, context.warnings);
	const conversation = { ...context, ids: new CallIds(SIXTY_FOUR, callIdsOf(messages)) };
	return messages.flatMap((message) => itemsOf(message, conversation));
}

function itemsOf(message: Message, context: Conversation): Json[] {
	const { target, ids } = context;
	switch (message.role) {
		case 'system':
			return [{ role: target.quirks.developerRole ? 'developer' : 'system', content: inputContent(message.content) }];
		case 'user':
			return [{ role: 'user', content: inputContent(message.content) }];
		case 'assistant':
			return assistantItems(message, context);
		case 'tool':
			return [
				{ type: 'function_call_output', call_id: ids.sent(message.callId), output: outputContent(message.content) },
			];
	}
}

/** Reasoning that nothing follows is left out: "provided without its required following item". */
function assistantItems({ content }: AssistantMessage, context: Conversation): Json[] {
	const items: Json[] = [];
	let open = null as OpenMessage | null;
	for (const part of content) {
		if (part.type !== 'text' && part.type !== 'refusal') {
			open = null;
			const item = itemOf(part, context);
			if (item) items.push(item);
			continue;
		}
		const phase: Phase | undefined = part.type === 'text' ? part.phase : open?.phase;
		if (!open || open.phase !== phase) {
			open = { phase, content: [] };
			items.push({ role: 'assistant', content: open.content, ...(phase && { phase }) });
		}
		open.content.push(
			part.type === 'text' ? { type: 'output_text', text: part.text } : { type: 'refusal', refusal: part.text },
		);
	}
	while (items.at(-1)?.type === 'reasoning') items.pop();
	return items;
}

function itemOf(part: Exclude<AssistantPart, { type: 'text' | 'refusal' }>, { names, ids }: Conversation): Json | null {
	if (part.type === 'reasoning') return unsealed(part);
	const { id, name, arguments: written } = part;
	return { type: 'function_call', call_id: ids.sent(id), name: names.sent(name), arguments: written || '{}' };
}

/** Within an open tool loop the model goes on from its own reasoning; elsewhere nothing is lost. */
function warnOfForeignReasoning(messages: readonly Message[], warnings: Warnings): void {
	const loop = messages.slice(messages.findLastIndex((message) => message.role === 'user') + 1);
	const isForeign = (part: ReasoningPart): boolean => part.signature !== undefined && unsealed(part) === null;
	const foreign = loop.some(
		(message) =>
			message.role === 'assistant' && message.content.some((part) => part.type === 'reasoning' && isForeign(part)),
	);
	if (foreign) warnings.add('reasoning', 'Reasoning of another provider in the open tool loop was left out.');
}
