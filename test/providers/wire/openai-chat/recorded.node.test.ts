import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { describeWire, sseBody, type WireCase } from '../../../support/wire-contract';

const FOLDER = '../shared/fixtures';
/** Those whose chat answers are OpenAI-shaped, their own APIs left out by what the bodies look like. */
const SPEAKERS = ['openai', 'groq', 'openrouter', 'deepseek', 'compat', 'azure', 'mistral', 'ollama', 'huggingface'];
/** Recorded failures; everything else ends with its finish reason. */
const FAILURES = /error|failed|midstream|keepalive/;

const isChat = (body: string): boolean => /"choices"/.test(body) && /"(?:delta|message)"/.test(body);

function recorded(speaker: string): WireCase[] {
	return readdirSync(`${FOLDER}/${speaker}`).flatMap((file): WireCase[] => {
		if (file.endsWith('.meta.json')) return [];
		const text = readFileSync(`${FOLDER}/${speaker}/${file}`, 'utf8');
		if (!isChat(text)) return [];
		const one = { name: `${speaker}/${file}`, plan: { reportsCost: true } };
		const ends = FAILURES.test(file) ? ('error' as const) : ('finish' as const);
		if (file.endsWith('.sse')) return [{ ...one, body: text, ends }];
		if (file.endsWith('.chunks.txt')) return [{ ...one, body: sseBody(text.trim().split('\n')), ends }];
		return file.endsWith('.json') ? [{ ...one, json: text, ends }] : [];
	});
}

if (existsSync(FOLDER)) {
	const finishMarker = /"finish_reason":\s*"[a-z_]+"/;
	describeWire('recorded openai-chat answers', openaiChat, { finishMarker }, SPEAKERS.flatMap(recorded));
} else {
	describe.skip('recorded openai-chat answers', () => it('needs the shared fixtures', () => undefined));
}
