/** `POST /v1/responses` into the language. */
import { invalid } from '../../errors';
import { fieldSchemas, parsedFields } from '../../http/issue';
import { present } from '../../http/present';
import type { Message } from '../../language/message';
import type { ChatRequest, Reasoning, ResponseFormat, Warning } from '../../language/request';
import type { Extension } from '../extension';
import { dialectOf, LOGPROBS, lostFields, SEALED } from './dialect';
import { conversationOf, type Items } from './input';
import { type ResponsesBody, responsesBody } from './schema';
import { toolFields } from './tools';

export interface Asked {
	readonly request: ChatRequest;
	readonly body: ResponsesBody;
	readonly stream: boolean;
	/** Reasoning is to come with its `encrypted_content`. */
	readonly sealed: boolean;
	readonly extension: Extension | null;
	/** Of each message; those of instructions are null. */
	readonly items: readonly (Items | null)[];
	/** What no provider gets from here. */
	readonly warnings: readonly Warning[];
}

function conversation({ instructions, input }: ResponsesBody): {
	readonly messages: readonly Message[];
	readonly items: readonly (Items | null)[];
} {
	const said = conversationOf(input);
	if (!instructions) return said;
	const ahead: Message = { role: 'system', content: [{ type: 'text', text: instructions }] };
	return { messages: [ahead, ...said.messages], items: [null, ...said.items] };
}

function responseFormat({ text }: ResponsesBody): ResponseFormat | undefined {
	const format = text?.format;
	switch (format?.type) {
		case 'text':
			return { type: 'text' };
		case 'json_object':
			return { type: 'json' };
		case 'json_schema': {
			const { name, schema, description, strict } = format;
			return { type: 'json-schema', name, schema, ...present({ description, strict }) };
		}
		case undefined:
			return undefined;
	}
}

function reasoning({ reasoning: asked }: ResponsesBody, sealed: boolean): Reasoning | undefined {
	const effort = asked?.effort ?? undefined;
	const summary = asked?.summary ?? asked?.generate_summary ?? undefined;
	if (!effort && !summary && !sealed) return undefined;
	return present({ effort, summary, sealed: sealed || undefined });
}

function logprobs({ include, top_logprobs: top }: ResponsesBody): ChatRequest['logprobs'] {
	return top || include?.includes(LOGPROBS) ? { top: top ?? 0 } : undefined;
}

/** An agent named as a prompt is the agent of the request. */
function extensionOf({ prompt, switchyard }: ResponsesBody): Extension | null {
	if (!prompt) return switchyard ?? null;
	if (switchyard?.agent && switchyard.agent !== prompt.id)
		throw invalid('prompt.id', 'prompt.id: names another agent than switchyard.agent does; give one.');
	return { ...switchyard, agent: prompt.id };
}

function variables({ prompt, switchyard }: ResponsesBody): ChatRequest['variables'] {
	if (prompt?.variables && switchyard?.variables)
		throw invalid('prompt.variables', 'prompt.variables: there are some in switchyard.variables too; give one.');
	return prompt?.variables ?? switchyard?.variables ?? undefined;
}

const FIELDS = fieldSchemas(responsesBody);

/** Throws `invalid_request` naming the field in OpenAI's spelling. */
export function readResponses(value: Readonly<Record<string, unknown>>): Asked {
	const body = parsedFields(FIELDS, value);
	const stream = body.stream ?? false;
	if (body.stream_options && !stream) throw invalid('stream_options', 'stream_options: needs stream: true.');
	const sealed = body.include?.includes(SEALED) ?? false;
	const { messages, items } = conversation(body);
	const request: ChatRequest = {
		messages,
		...toolFields(body),
		...present({
			model: body.model || undefined,
			models: body.models?.length ? body.models : undefined,
			responseFormat: responseFormat(body),
			maxTokens: body.max_output_tokens,
			temperature: body.temperature,
			topP: body.top_p,
			logprobs: logprobs(body),
			reasoning: reasoning(body, sealed),
			variables: variables(body),
			user: body.user || body.safety_identifier || undefined,
			tags: body.switchyard?.tags,
			runId: body.switchyard?.run ?? body.metadata?.run_id,
			metadata: body.metadata,
			strict: body.switchyard?.strict,
			dialect: dialectOf(body),
			providerOptions: body.switchyard?.provider_options,
		}),
	};
	return { request, body, extension: extensionOf(body), items, stream, sealed, warnings: lostFields(body, value) };
}
