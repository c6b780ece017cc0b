/** A request to this door that Anthropic answers must reach it as it was sent. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readMessages } from '../../../src/doors/anthropic-messages/request';
import { anthropic } from '../../../src/providers/anthropic';
import type { ModelTraits } from '../../../src/providers/provider';
import { anthropicMessages } from '../../../src/providers/wire/anthropic-messages';
import { wireTarget } from '../../support/wire-target';

type Json = Record<string, unknown>;

const EFFORTS = { type: 'effort', values: ['low', 'medium', 'high', 'xhigh', 'max'] } as const;
const BUDGET = { type: 'budget', min: 1024, max: null } as const;

function sentOn(body: Json, traits: Partial<ModelTraits> = {}) {
	const { request, dialect } = readMessages(body, undefined);
	const target = wireTarget(anthropic, String(body.model), { reasoning: true, ...traits }, body.stream === true);
	const { body: sent, warnings } = anthropicMessages.toRequest(request, target);
	return { sent: JSON.parse(sent) as Json, warnings: [...warnings, ...dialect.lost] };
}

/** Two ways of saying one thing made the same: bare strings, what is the default anyway. */
function normal(value: unknown, key = ''): unknown {
	if (typeof value === 'string' && (key === 'content' || key === 'system')) return [{ text: value, type: 'text' }];
	if (Array.isArray(value)) return value.map((one) => normal(one));
	if (typeof value !== 'object' || value === null) return value;
	const said = Object.entries(value).filter(
		([name, one]) => !(name === 'description' && one === '') && !(name === 'is_error' && one === false),
	);
	return Object.fromEntries(said.map(([name, one]) => [name, normal(one, name)]));
}

const hour = { cache_control: { type: 'ephemeral', ttl: '1h' } };
const brief = { cache_control: { type: 'ephemeral' } };

const WIDE: Json = {
	model: 'claude-opus-4-6',
	max_tokens: 2048,
	stream: true,
	system: [{ type: 'text', text: 'Be brief.', ...hour }],
	tools: [{ name: 'weather', description: 'Gives it.', input_schema: { type: 'object', properties: {} }, ...hour }],
	tool_choice: { type: 'auto', disable_parallel_tool_use: true },
	thinking: { type: 'adaptive', display: 'summarized' },
	output_config: {
		effort: 'max',
		format: { type: 'json_schema', schema: { type: 'object', properties: { a: {} }, additionalProperties: false } },
		task_budget: { type: 'tokens', total: 20_000 },
	},
	stop_sequences: ['END'],
	metadata: { user_id: 'ann' },
	service_tier: 'standard_only',
	speed: 'fast',
	context_management: { edits: [] },
	messages: [
		{
			role: 'user',
			content: [
				{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
				{ type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
				{
					type: 'document',
					source: { type: 'text', media_type: 'text/plain', data: 'Grüße' },
					title: 'Note',
					citations: { enabled: true },
					...brief,
				},
				{ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBE' } },
				{ type: 'text', text: 'Weather?' },
			],
		},
		{
			role: 'assistant',
			content: [
				{ type: 'thinking', thinking: 'Where?', signature: 'EqEE' },
				{ type: 'redacted_thinking', data: 'opaque' },
				{ type: 'text', text: 'Looking.' },
				{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
				{ type: 'tool_use', id: 'toolu_2', name: 'weather', input: {} },
			],
		},
		{
			role: 'user',
			content: [
				{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'sunny' }] },
				{
					type: 'tool_result',
					tool_use_id: 'toolu_2',
					is_error: true,
					content: [{ type: 'text', text: 'no' }],
					...brief,
				},
				{ type: 'text', text: 'And?' },
			],
		},
	],
};

describe('a request that Anthropic answers', () => {
	it('reaches it as it was sent, at full width', () => {
		const { sent, warnings } = sentOn(WIDE, { reasoningOptions: [EFFORTS, BUDGET] });
		expect(sent).toEqual(WIDE);
		expect(warnings).toEqual([]);
	});

	it.each([
		[{ thinking: { type: 'enabled', budget_tokens: 1500 } }, [BUDGET]],
		[{ thinking: { type: 'enabled', budget_tokens: 1500 }, output_config: { effort: 'low' } }, [EFFORTS, BUDGET]],
		[{ thinking: { type: 'disabled' } }, [EFFORTS]],
		[{ thinking: { type: 'disabled' }, output_config: { effort: 'low' } }, [EFFORTS]],
		[{ thinking: { type: 'between_tools' }, output_config: { effort: 'low' } }, [EFFORTS]],
		[{ thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'low' } }, [EFFORTS]],
		[{ output_config: { effort: 'low' }, temperature: 0.2, top_k: 5 }, [EFFORTS]],
		[{ temperature: 0.2, tool_choice: { type: 'any' }, tools: WIDE.tools }, []],
		[{ top_p: 0.9, tool_choice: { type: 'tool', name: 'weather' }, tools: WIDE.tools }, []],
	])('steers it as it was told: %j', (settings, reasoningOptions) => {
		const content = [{ type: 'text', text: 'Hi' }];
		const body = {
			model: 'claude-x',
			max_tokens: 4096,
			stream: false,
			messages: [{ role: 'user', content }],
			...settings,
		};
		const { sent, warnings } = sentOn(body, { reasoningOptions });
		expect(sent).toEqual(body);
		expect(warnings).toEqual([]);
	});
});

const FOLDER = join(import.meta.dirname, '../../../../shared/fixtures/anthropic');
const recorded = existsSync(FOLDER);

describe.skipIf(!recorded)('a recorded request', () => {
	/** One asks for a server tool, one for an effort that its model has not. */
	const beyond = ['pause-turn-stream.meta.json', 'err-effort-unsupported.meta.json'];
	const files = recorded ? readdirSync(FOLDER).filter((file) => file.endsWith('.meta.json')) : [];

	it.each(files.filter((file) => !beyond.includes(file)))('%s reaches Anthropic as it was sent', (file) => {
		const { body } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')).request as { body: Json };
		const reasoningOptions = String(body.model).startsWith('claude-opus-5') ? [EFFORTS] : [BUDGET];
		const { sent, warnings } = sentOn(body, { reasoningOptions });
		expect(normal({ ...sent, stream: body.stream })).toEqual(normal(body));
		expect(warnings).toEqual([]);
	});
});
