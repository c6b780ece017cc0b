import { describe, expect, it } from 'vitest';
import type { Message } from '../../../../src/language/message';
import type { ChatRequest, Tool } from '../../../../src/language/request';
import { bedrock } from '../../../../src/providers/bedrock';
import type { ModelTraits } from '../../../../src/providers/provider';
import { bedrockConverse } from '../../../../src/providers/wire/bedrock-converse';
import { wireTarget } from '../../../support/wire-target';

const CLAUDE = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'us.amazon.nova-pro-v1:0';
const LLAMA = 'us.meta.llama4-maverick-17b-instruct-v1:0';
const MISTRAL = 'mistral.mistral-large-2407-v1:0';

const user = (text: string): Message => ({ role: 'user', content: [{ type: 'text', text }] });
const WEATHER: Tool = {
	name: 'weather',
	description: 'The weather',
	parameters: { $schema: 'x', type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const CLOCK: Tool = { name: 'clock' };
const SPEC = {
	toolSpec: { name: 'weather', description: 'The weather', inputSchema: { json: WEATHER.parameters } },
};
const CLOCK_SPEC = { toolSpec: { name: 'clock', inputSchema: { json: { type: 'object', properties: {} } } } };
/** A conversation that has used a tool. */
const USED: Message[] = [
	user('q'),
	{ role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'weather', arguments: '{"city":"Bonn"}' }] },
	{ role: 'tool', callId: 'a', content: [{ type: 'text', text: 'sunny' }] },
];

function sent(request: Partial<ChatRequest>, model = CLAUDE, traits: Partial<ModelTraits> = {}) {
	const wired = bedrockConverse.toRequest({ messages: [user('q')], ...request }, wireTarget(bedrock, model, traits));
	const body = JSON.parse(wired.body);
	return {
		config: body.toolConfig,
		system: (body.system ?? []).map((block: { text: string }) => block.text).join('\n'),
		messages: body.messages,
		output: body.outputConfig,
		warnings: wired.warnings.map((warning) => warning.field),
		plan: wired.plan,
	};
}

describe('tools on Bedrock', () => {
	it('are specifications; without parameters they take the empty object', () => {
		const { config, warnings } = sent({ tools: [WEATHER, CLOCK] });
		expect(config).toEqual({ tools: [SPEC, CLOCK_SPEC] });
		expect(warnings).toEqual([]);
	});

	it('have a bare root for Nova', () => {
		const { $schema: _, ...bare } = WEATHER.parameters ?? {};
		expect(sent({ tools: [WEATHER] }, NOVA).config.tools[0].toolSpec.inputSchema.json).toEqual(bare);
	});

	it('have names that Bedrock takes, alike in specifications, choice and history, and get theirs back', () => {
		const name = `files/${'x'.repeat(80)}`;
		const { config, messages, plan } = sent({
			tools: [{ name }],
			toolChoice: { name },
			messages: [
				user('q'),
				{ role: 'assistant', content: [{ type: 'tool-call', id: 'call:1', name, arguments: '' }] },
				{ role: 'tool', callId: 'call:1', content: [{ type: 'text', text: 'ok' }] },
			],
		});
		const given = config.tools[0].toolSpec.name;
		expect(given).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
		expect(config.toolChoice).toEqual({ tool: { name: given } });
		expect(messages[1].content[0].toolUse).toEqual({ toolUseId: 'call_1', name: given, input: {} });
		expect(messages[2].content[0].toolResult.toolUseId).toBe('call_1');
		expect(plan.toolNames).toEqual({ [given]: name });
	});

	it('are strict for Claude, and named where they can not be', () => {
		const strict = { ...WEATHER, parameters: { type: 'object', properties: {} }, strict: true };
		expect(sent({ tools: [strict] }).config.tools[0].toolSpec).toMatchObject({
			strict: true,
			inputSchema: { json: { additionalProperties: false } },
		});
		const llama = sent({ tools: [strict] }, LLAMA);
		expect(llama.config.tools[0].toolSpec).not.toHaveProperty('strict');
		expect(llama.warnings).toEqual(['tools']);
	});

	it('have results of one turn together, ahead of what the user says, failures marked', () => {
		const { messages, warnings } = sent({
			tools: [WEATHER],
			messages: [
				user('q'),
				{
					role: 'assistant',
					content: [
						{ type: 'tool-call', id: 'a', name: 'weather', arguments: '{}' },
						{ type: 'tool-call', id: 'b', name: 'weather', arguments: '{}' },
					],
				},
				{ role: 'tool', callId: 'a', content: [{ type: 'text', text: ' ' }] },
				user('and?'),
				{
					role: 'tool',
					callId: 'b',
					isError: true,
					content: [
						{ type: 'text', text: 'broke' },
						{ type: 'image', source: { kind: 'data', mediaType: 'image/png', data: 'QQ==' } },
					],
				},
			],
		});
		expect(messages[2]).toEqual({
			role: 'user',
			content: [
				{ toolResult: { toolUseId: 'a', content: [{ text: '(no output)' }] } },
				{
					toolResult: {
						toolUseId: 'b',
						content: [{ text: 'broke' }, { image: { format: 'png', source: { bytes: 'QQ==' } } }],
						status: 'error',
					},
				},
				{ text: 'and?' },
			],
		});
		expect(warnings).toEqual([]);
	});

	it('have failures marked in words where results have no status', () => {
		const messages = [...USED.slice(0, 2), { ...USED[2], isError: true } as Message];
		const llama = sent({ tools: [WEATHER], messages }, LLAMA);
		expect(llama.messages[2].content[0].toolResult).toEqual({
			toolUseId: 'a',
			content: [{ text: 'The tool failed.' }, { text: 'sunny' }],
		});
		expect(llama.warnings).toEqual(['tools']);
	});

	it('are refused where their arguments are no object', () => {
		expect(() => sent({ tools: [{ name: 'f', parameters: { type: 'array' } }] })).toThrow(
			expect.objectContaining({ code: 'invalid_request', param: 'tools[0].parameters' }),
		);
	});
});

describe('the choice among tools on Bedrock', () => {
	it('is said where the maker of the model takes it', () => {
		const tools = [WEATHER, CLOCK];
		expect(sent({ tools, toolChoice: 'auto' }).config.toolChoice).toEqual({ auto: {} });
		expect(sent({ tools, toolChoice: 'required' }, NOVA).config.toolChoice).toEqual({ any: {} });
		expect(sent({ tools, toolChoice: { name: 'clock' } }).config.toolChoice).toEqual({ tool: { name: 'clock' } });
		expect(sent({ tools: [CLOCK], toolChoice: { name: 'clock' } }, MISTRAL).config.toolChoice).toEqual({ any: {} });
	});

	it('is said in words elsewhere, and in a warning', () => {
		const required = sent({ tools: [WEATHER], toolChoice: 'required' }, LLAMA);
		expect(required.config).not.toHaveProperty('toolChoice');
		expect(required.system).toMatch(/calling a tool/);
		expect(required.warnings).toEqual(['toolChoice']);
		const named = sent({ tools: [WEATHER, CLOCK], toolChoice: { name: 'clock' } }, MISTRAL);
		expect(named.config.toolChoice).toEqual({ any: {} });
		expect(named.system).toMatch(/'clock'/);
		expect(named.warnings).toEqual(['toolChoice']);
		expect(sent({ tools: [WEATHER], toolChoice: 'auto' }, LLAMA)).toMatchObject({
			config: { tools: [{}] },
			warnings: [],
		});
	});

	it('none leaves the tools out', () => {
		const { config, warnings } = sent({ tools: [WEATHER], toolChoice: 'none' });
		expect(config).toBeUndefined();
		expect(warnings).toEqual(['toolChoice']);
	});

	it('none forbids them in words where earlier turns used some, since Bedrock demands them then', () => {
		const { config, system, warnings } = sent({ tools: [WEATHER], toolChoice: 'none', messages: USED });
		expect(config).toEqual({ tools: [SPEC] });
		expect(system).toMatch(/no tool/);
		expect(warnings).toEqual(['toolChoice']);
	});

	it('names the tools that earlier turns used where none are offered now', () => {
		const { config, system, warnings } = sent({ messages: USED });
		expect(config).toEqual({
			tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
		});
		expect(system).toMatch(/no tool/);
		expect(warnings).toEqual(['tools']);
	});

	it('is left out, and named, where there is nothing to choose', () => {
		expect(sent({ toolChoice: 'required' })).toMatchObject({ config: undefined, warnings: ['toolChoice'] });
	});

	it('rules out thinking where it forces a call', () => {
		const { warnings } = sent({ tools: [WEATHER], toolChoice: 'required', reasoning: { budgetTokens: 2000 } }, CLAUDE, {
			reasoning: true,
			reasoningOptions: [{ type: 'budget', min: 1024, max: null }],
		});
		expect(warnings).toEqual(['reasoning']);
	});
});

describe('JSON output on Bedrock', () => {
	const responseFormat = {
		type: 'json-schema',
		name: 'person!',
		description: 'A person',
		schema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
	} as const;

	it('has its schema as a text, in the subset that is compiled', () => {
		const { output, warnings, plan } = sent({ responseFormat });
		const { schema, ...rest } = output.textFormat.structure.jsonSchema;
		expect(rest).toEqual({ name: 'person_', description: 'A person' });
		expect(JSON.parse(schema)).toEqual({ ...responseFormat.schema, additionalProperties: false });
		expect(warnings).not.toContain('toolChoice');
		expect(plan).not.toHaveProperty('schemaTool');
	});

	it('is a forced tool for models without schemas', () => {
		const { config, output, plan, warnings } = sent({ responseFormat }, NOVA, { structuredOutput: false });
		expect(output).toBeUndefined();
		const { name } = config.tools[0].toolSpec;
		expect(config).toEqual({
			tools: [{ toolSpec: { name, description: 'A person', inputSchema: { json: responseFormat.schema } } }],
			toolChoice: { tool: { name } },
		});
		expect(plan.schemaTool).toBe(name);
		expect(warnings).toEqual(['responseFormat']);
	});

	it('leaves the caller’s tools to be called first, and never takes the name of one', () => {
		const { config, plan } = sent({ responseFormat, tools: [{ name: 'respond_person!' }] }, NOVA, {
			structuredOutput: false,
		});
		expect(config.toolChoice).toEqual({ any: {} });
		expect(config.tools).toHaveLength(2);
		expect(plan.schemaTool).not.toBe(config.tools[0].toolSpec.name);
		expect(plan.schemaTool).toBe(config.tools[1].toolSpec.name);
	});

	it('is asked for in words where the model can not be made to call a tool, or calls none', () => {
		for (const [model, traits] of [
			[LLAMA, {}],
			[NOVA, { tools: false }],
		] as const) {
			const { config, system, warnings } = sent({ responseFormat }, model, { structuredOutput: false, ...traits });
			expect(config).toBeUndefined();
			expect(system).toContain(JSON.stringify(responseFormat.schema));
			expect(warnings).toEqual(['responseFormat']);
		}
	});

	it('without a schema is asked for in words', () => {
		const { system, warnings } = sent({ responseFormat: { type: 'json' } });
		expect(system).toMatch(/JSON/);
		expect(warnings).toEqual(['responseFormat']);
	});

	it('is native for a Claude that is in no catalog yet, and for nobody else’s', () => {
		const traits = { structuredOutput: false, known: false };
		expect(sent({ responseFormat }, 'anthropic.claude-next', traits).output).toBeDefined();
		expect(sent({ responseFormat }, 'amazon.nova-9', traits).output).toBeUndefined();
	});
});
