/** Real providers' bytes, where the folder that holds them is beside the checkout; nothing depends on them. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../shared/fixtures/', import.meta.url));

export interface Recording {
	/** The model name that selects it. */
	readonly model: string;
	readonly door: 'openai' | 'anthropic';
	readonly stream: boolean;
	bytes(): Buffer;
}

function recording(door: Recording['door'], file: string): Recording {
	return {
		model: `recorded-${file.replace(/\.[a-z0-9]+$/, '').replace(/[^a-z0-9]+/g, '-')}`,
		door,
		stream: file.endsWith('.sse'),
		bytes: () => readFileSync(FOLDER + file),
	};
}

const ALL: readonly Recording[] = [
	recording('openai', 'openai/chat-basic.json'),
	recording('openai', 'openai/chat-multiturn.json'),
	recording('openai', 'openai/chat-parallel-tools.json'),
	recording('openai', 'openai/chat-stream-parallel-tools.sse'),
	recording('openai', 'openai/chat-streaming-detailed-usage.sse'),
	recording('openai', 'azure/chat-stream.sse'),
	recording('anthropic', 'anthropic/messages-basic.json'),
	recording('anthropic', 'anthropic/messages-stream.sse'),
	recording('anthropic', 'anthropic/parallel-tools.turn1.json'),
	recording('anthropic', 'anthropic/thinking-redacted-stream.sse'),
];

/** Those that are there. */
export const recordings: readonly Recording[] = existsSync(FOLDER) ? ALL : [];

export const recordingOf = (model: string): Recording | undefined => recordings.find((each) => each.model === model);
