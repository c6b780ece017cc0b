/** A recorded body of Google's API in the canonical form. */
import type { AssistantPart, Message, UserPart } from '../../../../src/language/message';
import type { ChatRequest, JsonSchema, Tool } from '../../../../src/language/request';
import { signed } from '../../../../src/language/signature';
import { arrayOf, isObject, type Json, objectOf } from '../../../../src/providers/wire/json';

const list = (value: unknown): Json[] => arrayOf(value).filter(isObject);
const text = (value: unknown) => ({ type: 'text', text: typeof value === 'string' ? value : '' }) as const;

const toolOf = ({
	name,
	description,
	parameters,
	parametersJsonSchema,
	parameters_json_schema: snake,
}: Json): Tool => ({
	name: String(name),
	description: typeof description === 'string' ? description : '',
	parameters: (parametersJsonSchema ?? snake ?? parameters ?? {}) as JsonSchema,
});

function assistant(parts: readonly Json[]): Message {
	const content = parts.flatMap((part): AssistantPart[] => {
		const call = objectOf(part.functionCall);
		const { thoughtSignature: signature } = part;
		const seal: AssistantPart[] =
			typeof signature === 'string' ? [{ type: 'reasoning', text: '', signature: signed('google', signature) }] : [];
		if (!call) return [...seal, part.thought === true ? { ...text(part.text), type: 'reasoning' } : text(part.text)];
		const { id, name, args } = call;
		return [
			...seal,
			{ type: 'tool-call', id: String(id ?? name), name: String(name), arguments: JSON.stringify(args ?? {}) },
		];
	});
	return { role: 'assistant', content };
}

function user(parts: readonly Json[]): Message[] {
	return parts.map((part): Message => {
		const result = objectOf(part.functionResponse);
		if (result)
			return {
				role: 'tool',
				callId: String(result.id ?? result.name),
				content: [text(JSON.stringify(result.response))],
			};
		const { mimeType, data } = objectOf(part.inlineData) ?? {};
		const said: UserPart =
			typeof data === 'string'
				? { type: 'image', source: { kind: 'data', mediaType: String(mimeType), data } }
				: text(part.text);
		return { role: 'user', content: [said] };
	});
}

function formatOf(config: Json): Pick<ChatRequest, 'responseFormat'> {
	const schema = objectOf(config.responseJsonSchema) ?? objectOf(config.responseSchema);
	if (schema) return { responseFormat: { type: 'json-schema', name: 'answer', schema } };
	return config.responseMimeType === 'application/json' ? { responseFormat: { type: 'json' } } : {};
}

export function geminiRequest(sent: Json): ChatRequest {
	const body = objectOf(sent.generateContentRequest) ?? sent;
	const system = list(objectOf(body.systemInstruction)?.parts).map((part) => text(part.text));
	const tools = list(body.tools).flatMap((tool) => list(tool.functionDeclarations).map(toolOf));
	const config = objectOf(body.generationConfig) ?? {};
	return {
		messages: [
			...(system.length > 0 ? [{ role: 'system', content: system } as const] : []),
			...list(body.contents).flatMap((turn) =>
				turn.role === 'model' ? [assistant(list(turn.parts))] : user(list(turn.parts)),
			),
		],
		...(tools.length > 0 && { tools }),
		...(objectOf(config.thinkingConfig)?.thinkingLevel !== undefined && { reasoning: { effort: 'low' } }),
		...formatOf(config),
	};
}
