/** `POST /v1/messages` into the language. */
import { invalid } from '../../errors';
import { type FieldSchemas, fieldSchemas, parsedFields } from '../../http/issue';
import { present } from '../../http/present';
import type { ChatRequest, ResponseFormat, Tool, ToolChoice } from '../../language/request';
import type { Extension } from '../extension';
import { breakpoint } from './content';
import { type Dialect, dialectOf } from './dialect';
import { conversationOf, type Origin } from './messages';
import { countBody, type MessageBody, messageBody, type ToolBody } from './schema';
import { steeringOf } from './thinking';

export interface Asked {
	readonly request: ChatRequest;
	readonly stream: boolean;
	readonly dialect: Dialect;
	/** Where each message was in the body. */
	readonly origins: readonly Origin[];
	readonly extension: Extension | null;
}

const toolOf = ({ name, description, input_schema: parameters, strict, cache_control: control }: ToolBody): Tool => ({
	name,
	parameters,
	...present({ description, strict, cache: breakpoint(control) }),
});

function toolChoice({ tool_choice: choice, tools }: MessageBody): ToolChoice | undefined {
	if (!choice) return undefined;
	const offered = tools ?? [];
	if (choice.type === 'auto' || choice.type === 'none') return offered.length > 0 ? choice.type : undefined;
	if (offered.length === 0) throw invalid('tool_choice', 'tool_choice: there are no tools to choose from.');
	if (choice.type === 'any') return 'required';
	const { name } = choice;
	if (!offered.some((tool) => tool.name === name))
		throw invalid('tool_choice.name', `tool_choice.name: tools holds none named '${name}'.`);
	return { name };
}

/** The API has no names for schemas; others want one. */
const SCHEMA_NAME = 'output';

function responseFormat({ output_config: config, output_format: legacy }: MessageBody): ResponseFormat | undefined {
	const format = config?.format ?? legacy;
	return format ? { type: 'json-schema', name: SCHEMA_NAME, schema: format.schema } : undefined;
}

function metadata(sent: MessageBody['metadata']): ChatRequest['metadata'] {
	const { user_id: _user, ...others } = sent ?? {};
	const said = Object.entries(others).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []));
	return said.length > 0 ? Object.fromEntries(said) : undefined;
}

const listed = <T>(list: readonly T[] | null | undefined): readonly T[] | undefined =>
	list && list.length > 0 ? list : undefined;

function askedBy(body: MessageBody, sent: Readonly<Record<string, unknown>>, betas: string | undefined): Asked {
	const steering = steeringOf(body);
	const { messages, origins } = conversationOf(body);
	const dialect = dialectOf(body, sent, betas, steering);
	const tools = listed(body.tools?.map(toolOf));
	const serial = tools && body.tool_choice && 'disable_parallel_tool_use' in body.tool_choice;
	const request: ChatRequest = {
		messages,
		...present({
			model: body.model || undefined,
			models: listed(body.models),
			tools,
			toolChoice: toolChoice(body),
			parallelToolCalls: serial && body.tool_choice?.disable_parallel_tool_use ? false : undefined,
			responseFormat: responseFormat(body),
			maxTokens: body.max_tokens,
			temperature: body.temperature,
			topP: body.top_p,
			topK: body.top_k,
			stop: listed(body.stop_sequences),
			reasoning: steering.reasoning,
			variables: body.switchyard?.variables,
			user: body.metadata?.user_id || undefined,
			tags: body.switchyard?.tags,
			runId: body.switchyard?.run ?? body.metadata?.run_id,
			metadata: metadata(body.metadata),
			strict: body.switchyard?.strict,
			providerOptions: dialect.providerOptions,
		}),
	};
	return { request, stream: body.stream ?? false, dialect, origins, extension: body.switchyard ?? null };
}

const MESSAGE_FIELDS = fieldSchemas(messageBody);
const COUNT_FIELDS: FieldSchemas<typeof countBody> = fieldSchemas(countBody);

/** `betas`: the header `anthropic-beta`. Throws `invalid_request` naming the field in Anthropic's spelling. */
export const readMessages = (sent: Readonly<Record<string, unknown>>, betas: string | undefined): Asked =>
	askedBy(parsedFields(MESSAGE_FIELDS, sent), sent, betas);

/** The same for `POST /v1/messages/count_tokens`, where no answer is asked for. */
export const readCount = (sent: Readonly<Record<string, unknown>>, betas: string | undefined): Asked =>
	askedBy(parsedFields(COUNT_FIELDS, sent), sent, betas);
