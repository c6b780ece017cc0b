/** For each capability a request that asks for it, and the same request without that. */
import type { AssistantPart, Message, UserPart } from '../../src/language/message';
import type { ChatRequest, Tool } from '../../src/language/request';
import type { Capability } from '../../src/providers/capability';

export interface CapabilityUse {
	readonly with: ChatRequest;
	readonly without: ChatRequest;
	/** Where an error must point. */
	readonly param: string;
}

const text = (value: string) => ({ type: 'text' as const, text: value });
const user = (...content: UserPart[]): Message => ({ role: 'user', content });
const assistant = (...content: AssistantPart[]): Message => ({ role: 'assistant', content });
const system: Message = { role: 'system', content: [text('Be brief.')] };
const HELLO = user(text('Hello'));

const SCHEMA = {
	type: 'object',
	properties: { city: { type: 'string' } },
	required: ['city'],
	additionalProperties: false,
};
const WEATHER: Tool = { name: 'weather', description: 'Tells it.', parameters: SCHEMA };
const TIME: Tool = { name: 'time', description: 'Tells it.', parameters: SCHEMA };
const tools = [WEATHER, TIME];

const call = (id: string): AssistantPart => ({ type: 'tool-call', id, name: 'weather', arguments: '{"city":"Bern"}' });
const result = (callId: string, more: object = {}): Message => ({
	role: 'tool',
	callId,
	content: [text('Rain')],
	...more,
});

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';
const inline = (mediaType: string, data: string) => ({ kind: 'data' as const, mediaType, data });
const linked = (url: string) => ({ kind: 'url' as const, url });
const image = inline('image/png', PNG);
const pdf = inline('application/pdf', 'JVBERi0xLjQKJSVFT0YK');

const plain: ChatRequest = { messages: [HELLO] };
const setting = (asked: Partial<ChatRequest>, param = Object.keys(asked)[0] ?? ''): CapabilityUse => ({
	with: { ...plain, ...asked },
	without: plain,
	param,
});
const withTools = (asked: Partial<ChatRequest>, param = Object.keys(asked)[0] ?? ''): CapabilityUse => ({
	with: { ...plain, tools, ...asked },
	without: { ...plain, tools },
	param,
});
const part = (...content: UserPart[]): CapabilityUse => ({
	with: { messages: [user(text('Look'), ...content)] },
	without: { messages: [user(text('Look'))] },
	param: 'messages[0].content[1]',
});
const loop = (asked: readonly Message[], without: readonly Message[], param: string): CapabilityUse => ({
	with: { messages: asked, tools },
	without: { messages: without, tools },
	param,
});

/** `signature`: of reasoning that the wire at hand gave. */
export const capabilityUses = (signature: string): Readonly<Record<Capability, CapabilityUse>> => ({
	'messages.system': { with: { messages: [system, HELLO] }, without: plain, param: 'messages[0]' },
	'messages.systemMidway': {
		with: { messages: [system, HELLO, assistant(text('Hi')), system, HELLO] },
		without: { messages: [system, HELLO, assistant(text('Hi')), HELLO] },
		param: 'messages[3]',
	},
	'messages.name': {
		with: { messages: [{ role: 'user', content: [text('Hello')], name: 'Ann' }] },
		without: plain,
		param: 'messages[0].name',
	},
	'image.url': part({ type: 'image', source: linked('https://example.com/a.png') }),
	'image.data': part({ type: 'image', source: image }),
	'image.fileId': part({ type: 'image', source: { kind: 'file-id', id: 'file-1' } }),
	'file.url': part({ type: 'file', source: linked('https://example.com/a.pdf') }),
	'file.data': part({ type: 'file', source: pdf, filename: 'a.pdf' }),
	'file.fileId': part({ type: 'file', source: { kind: 'file-id', id: 'file-1' } }),
	audio: part({ type: 'audio', data: 'UklGRiQAAABXQVZF', format: 'wav' }),
	tools: setting({ tools }),
	'tools.strict': {
		with: { ...plain, tools: [{ ...WEATHER, strict: true }] },
		without: { ...plain, tools: [WEATHER] },
		param: 'tools[0].strict',
	},
	'tools.parallelResults': loop(
		[HELLO, assistant(call('call_1'), call('call_2')), result('call_1'), result('call_2')],
		[HELLO, assistant(call('call_1')), result('call_1')],
		'messages[3]',
	),
	'tools.resultError': loop(
		[HELLO, assistant(call('call_1')), result('call_1', { isError: true })],
		[HELLO, assistant(call('call_1')), result('call_1')],
		'messages[2].isError',
	),
	'tools.resultImage': loop(
		[HELLO, assistant(call('call_1')), result('call_1', { content: [text('Rain'), { type: 'image', source: image }] })],
		[HELLO, assistant(call('call_1')), result('call_1')],
		'messages[2].content[1]',
	),
	'toolChoice.none': withTools({ toolChoice: 'none' }),
	'toolChoice.required': withTools({ toolChoice: 'required' }),
	'toolChoice.named': withTools({ toolChoice: { name: 'time' } }),
	parallelToolCalls: withTools({ parallelToolCalls: false }),
	'responseFormat.json': setting({ responseFormat: { type: 'json' } }),
	'responseFormat.schema': setting({
		responseFormat: { type: 'json-schema', name: 'answer', schema: SCHEMA, strict: true },
	}),
	maxTokens: setting({ maxTokens: 2000 }),
	temperature: setting({ temperature: 0.3 }),
	topP: setting({ topP: 0.9 }),
	topK: setting({ topK: 4 }),
	stop: setting({ stop: ['END'] }),
	seed: setting({ seed: 7 }),
	presencePenalty: setting({ presencePenalty: 0.5 }),
	frequencyPenalty: setting({ frequencyPenalty: 0.5 }),
	logprobs: setting({ logprobs: { top: 2 } }),
	'reasoning.effort': setting({ reasoning: { effort: 'high' } }, 'reasoning.effort'),
	'reasoning.budget': setting({ reasoning: { budgetTokens: 2048 } }, 'reasoning.budgetTokens'),
	'reasoning.replay': loop(
		[HELLO, assistant({ type: 'reasoning', text: 'Hm.', signature }, call('call_1')), result('call_1')],
		[HELLO, assistant(call('call_1')), result('call_1')],
		'messages[1].content[0]',
	),
	cache: {
		with: { messages: [{ role: 'system', content: [{ ...text('Long.'), cache: true }] }, HELLO] },
		without: { messages: [{ role: 'system', content: [text('Long.')] }, HELLO] },
		param: 'messages[0].content[0]',
	},
	user: setting({ user: 'user-1' }),
	metadata: setting({ metadata: { team: 'a' } }),
});
