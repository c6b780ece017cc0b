import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import {
	ANSWERS,
	bodies,
	bodyOf,
	ELSEWHERE,
	EMBEDDINGS,
	ERRORS,
	FOLDER,
	headOf,
	isThere,
} from '../../../support/node/chat-recordings';
import { describeWire, sseBody, type WireCase } from '../../../support/wire-contract';

function answerCase(name: string, ends: 'finish' | 'error', text: string): WireCase {
	const one = { name, ends, plan: { reportsCost: true } };
	if (name.endsWith('.sse')) return { ...one, body: text };
	if (name.endsWith('.chunks.txt')) return { ...one, body: sseBody(text.trim().split('\n')) };
	return { ...one, json: text };
}

/** Ollama and others offer the same protocol beside their own. */
const COMPATIBLE = ['ollama'];

function compatible(speaker: string): WireCase[] {
	return readdirSync(`${FOLDER}/${speaker}`)
		.filter((file) => file.startsWith('v1-') && !file.endsWith('.meta.json'))
		.map((file) => answerCase(`${speaker}/${file}`, 'finish', readFileSync(`${FOLDER}/${speaker}/${file}`, 'utf8')));
}

if (isThere) {
	// Workers AI's own streams have no finish reason: their mark is the end.
	const finishMarker = /"finish_reason":\s*"[a-z_]+"|\[DONE\]/;
	const cases = Object.entries(ANSWERS).map(([name, ends]) => answerCase(name, ends, bodyOf(name)));
	describeWire('recorded openai-chat answers', openaiChat, { finishMarker }, [
		...cases,
		...COMPATIBLE.flatMap(compatible),
	]);

	describe('errors recorded at every OpenAI-shaped provider', () => {
		it.each(Object.entries(ERRORS))('%s is read as what it is', (name, { status, ...expected }) => {
			const head = headOf(name);
			const error = openaiChat.fromError(head?.status ?? status ?? 0, new Headers(head?.headers), bodyOf(name));
			const { failure, scope, contextLimit, promptTokens } = error.upstream ?? {};
			expect({
				code: error.code,
				failure,
				scope,
				retryable: error.retryable,
				...(contextLimit !== undefined && { contextLimit }),
				...(promptTokens !== undefined && { promptTokens }),
				...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
			}).toEqual(expected);
		});
	});

	describe('the recorded bodies of these providers', () => {
		it('are each tested, or named with the reason why not', () => {
			const lists = [ANSWERS, ERRORS, EMBEDDINGS, ELSEWHERE].flatMap((list) => Object.keys(list));
			expect(lists.length).toBe(new Set(lists).size);
			expect([...lists].sort()).toEqual(bodies().sort());
		});
	});
} else {
	describe.skip('recorded openai-chat answers', () => it('needs the shared fixtures', () => undefined));
}
