/** Recorded exchanges of which both what was asked and what it counted are known; nothing depends on them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readMessages } from '../../../../src/doors/anthropic-messages/request';
import { readChat } from '../../../../src/doors/openai-chat/request';
import { readResponses } from '../../../../src/doors/openai-responses/request';
import type { ChatRequest } from '../../../../src/language/request';
import { type Json, objectOf } from '../../../../src/providers/wire/json';
import { bedrockRequest } from './bedrock';
import { plainChatRequest } from './chat';
import { geminiRequest } from './gemini';
import { promptTokens } from './truth';

const FOLDER = fileURLToPath(new URL('../../../../../shared/fixtures/', import.meta.url));
export const usageIsThere = existsSync(FOLDER);

export interface UsageRecording {
	/** `folder/file`, without its ending. */
	readonly name: string;
	readonly provider: string;
	readonly model: string;
	readonly request: ChatRequest;
	/** Prompt tokens by the provider. */
	readonly truth: number;
}

export interface Skipped {
	readonly name: string;
	readonly reason: string;
}

interface Meta {
	readonly request: { readonly url: string; readonly body: Json | null };
	readonly response: { readonly status: number; readonly body_file: string };
}

/** By path of the address; the first that fits reads it. */
const READERS: readonly (readonly [RegExp, (body: Json) => ChatRequest])[] = [
	[/\/converse(-stream)?$/, bedrockRequest],
	[/:(generateContent|streamGenerateContent|countTokens)/, geminiRequest],
	[/\/v1\/messages/, (body) => readMessages(body, undefined).request],
	[/\/responses$/, (body) => readResponses(body).request],
	[/\/chat\/completions/, chatRequest],
	[/\/(v2|api)\/chat$/, plainChatRequest],
];

function chatRequest(body: Json): ChatRequest {
	const { request } = readChat(withoutNulls(body));
	const { type } = objectOf(body.thinking) ?? {};
	return type === 'disabled' ? { ...request, reasoning: { effort: 'none' } } : request;
}

/** One recorder writes every field it knows. */
const withoutNulls = (body: Json): Json =>
	JSON.parse(JSON.stringify(body), (_key, value) => (value === null ? undefined : value)) as Json;

/** Folder → provider, where they differ. */
const PROVIDERS: Readonly<Record<string, string>> = { azure: 'azure-openai', compat: 'custom' };

/** Who answered, where the name in the request does not tell. */
const MODELS: Readonly<Record<string, string>> = {
	'azure/content-filter-completion': 'gpt-35-turbo',
	// Its first choice was not there.
	'openrouter/native-options': 'x-ai/grok-4',
};

/** What a count includes that cannot be seen in the request, or leaves out. */
const UNSEEN: Readonly<Record<string, string>> = {
	'azure/models-stream': 'the report is not of the whole prompt (fewer tokens than it says were cached)',
	'anthropic/pause-turn-stream': 'pages that a server tool read',
	'huggingface/image': 'an image elsewhere, of unknown size',
};

const modelOf = (recording: string, { url, body }: Meta['request']): string => {
	const named = /\/models?\/([^/:]+(?:%3A\d+|:\d+)?)[:/]/.exec(new URL(url.replace(/<\w+>/, 'x'), 'http://x').pathname);
	return MODELS[recording] ?? String(body?.model ?? decodeURIComponent(named?.[1] ?? ''));
};

function read(folder: string, file: string): UsageRecording | Skipped | null {
	const name = `${folder}/${file.replace('.meta.json', '')}`;
	const meta = JSON.parse(readFileSync(`${FOLDER}${folder}/${file}`, 'utf8')) as Meta;
	const { url, body } = meta.request;
	const reader = READERS.find(([pattern]) => pattern.test(url.split('?')[0] ?? ''))?.[1];
	if (!body || !reader) return null;
	if (meta.response.status !== 200) return { name, reason: 'refused, so that nothing was counted' };
	if (UNSEEN[name]) return { name, reason: UNSEEN[name] };
	if (/\.\.\.\[\d+ chars cut\]/.test(JSON.stringify(body)))
		return { name, reason: 'long texts were cut by whoever recorded it' };
	const truth = promptTokens(readFileSync(`${FOLDER}${folder}/${meta.response.body_file}`, 'latin1'));
	if (truth === null) return { name, reason: 'no usage in the answer' };
	return {
		name,
		provider: PROVIDERS[folder] ?? folder,
		model: modelOf(name, meta.request),
		request: reader(body),
		truth,
	};
}

/** Every recorded conversation: what it counted, or why that can't be compared. */
export function usageRecordings(): {
	readonly recordings: readonly UsageRecording[];
	readonly skipped: readonly Skipped[];
} {
	const recordings: UsageRecording[] = [];
	const skipped: Skipped[] = [];
	for (const entry of usageIsThere ? readdirSync(FOLDER, { withFileTypes: true }) : []) {
		if (!entry.isDirectory()) continue;
		for (const file of readdirSync(FOLDER + entry.name).sort()) {
			const one = file.endsWith('.meta.json') ? read(entry.name, file) : null;
			if (one) 'truth' in one ? recordings.push(one) : skipped.push(one);
		}
	}
	return { recordings, skipped };
}
