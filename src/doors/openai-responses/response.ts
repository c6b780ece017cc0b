/** The `response` object: what it says of its request, and how it ended. */
import type { CallMeta, ChatAnswer } from '../../gateway/call';
import { present } from '../../http/present';
import type { FinishReason } from '../../language/request';
import { unfold } from '../../language/unfold';
import type { Usage } from '../../language/usage';
import { SILENT } from './lines';
import { isIncomplete, Output } from './output';
import type { Asked } from './request';
import type { ResponsesBody } from './schema';
import { usageBody } from './usage';

type ToolBody = NonNullable<ResponsesBody['tools']>[number];

const toolBody = ({ name, description, parameters, strict }: ToolBody) => ({
	type: 'function',
	name,
	description: description ?? null,
	parameters: parameters ?? null,
	strict: strict ?? null,
});

/** As OpenAI repeats a request in its answer; settings that were left to the model are null. */
function requestEcho(body: ResponsesBody) {
	const { reasoning, text } = body;
	return {
		background: false,
		instructions: body.instructions ?? null,
		max_output_tokens: body.max_output_tokens ?? null,
		max_tool_calls: null,
		metadata: body.metadata ?? {},
		parallel_tool_calls: body.parallel_tool_calls ?? true,
		previous_response_id: null,
		...(body.prompt && { prompt: { ...body.prompt, id: `agent:${body.prompt.id}` } }),
		prompt_cache_key: body.prompt_cache_key ?? null,
		reasoning: {
			effort: reasoning?.effort ?? null,
			summary: reasoning?.summary ?? reasoning?.generate_summary ?? null,
		},
		safety_identifier: body.safety_identifier ?? null,
		service_tier: body.service_tier ?? null,
		store: false,
		temperature: body.temperature ?? null,
		text: { format: text?.format ?? { type: 'text' }, ...present({ verbosity: text?.verbosity }) },
		tool_choice: body.tool_choice ?? 'auto',
		tools: (body.tools ?? []).map(toolBody),
		top_logprobs: body.top_logprobs ?? 0,
		top_p: body.top_p ?? null,
		truncation: 'disabled',
		user: body.user ?? null,
	};
}

export interface EnvelopeFacts {
	readonly requestId: string;
	/** seconds since epoch */
	readonly createdAt: number;
	/** Used where the upstream does not name its model. */
	readonly model: string;
	readonly body: ResponsesBody;
}

/** What is the same in a response from its beginning to its end, serialised once. */
export class Envelope {
	readonly #facts: EnvelopeFacts;
	readonly #echo: string;

	constructor(facts: EnvelopeFacts) {
		this.#facts = facts;
		this.#echo = JSON.stringify(requestEcho(facts.body)).slice(1, -1);
	}

	/** The response as JSON text. `model`: in the upstream's spelling; `state`: what changes, not empty. */
	text(model: string, state: object): string {
		const { requestId, createdAt } = this.#facts;
		const head = {
			id: `resp_${requestId}`,
			object: 'response',
			created_at: createdAt,
			model: model || this.#facts.model,
		};
		return `${JSON.stringify(head).slice(0, -1)},${this.#echo},${JSON.stringify(state).slice(1)}`;
	}
}

/** Nothing has come yet. */
export const BEGUN = {
	status: 'in_progress',
	completed_at: null,
	error: null,
	incomplete_details: null,
	output: [],
	usage: null,
};

export interface Ending {
	readonly output: readonly object[];
	readonly finish: FinishReason;
	readonly usage: Usage | null;
	readonly meta: CallMeta;
	/** seconds since epoch */
	readonly completedAt: number;
	/** The field `switchyard`; undefined where it was not asked for. */
	readonly receipt: unknown;
}

/** What an answer that is over adds to its envelope. */
export function endState({ output, finish, usage, meta, completedAt, receipt }: Ending) {
	const incomplete = isIncomplete(finish);
	const reason = finish.kind === 'length' ? 'max_output_tokens' : 'content_filter';
	return {
		status: incomplete ? 'incomplete' : 'completed',
		completed_at: incomplete ? null : completedAt,
		error: null,
		incomplete_details: incomplete ? { reason } : null,
		output,
		usage: usageBody(usage, meta),
		...(receipt !== undefined && { switchyard: receipt }),
	};
}

/** The output of a whole answer: its events, put together as a stream's are. */
export function wholeOutput({ response }: ChatAnswer, { sealed }: Asked, requestId: string): readonly object[] {
	const output = new Output({ requestId, lines: SILENT, sealed });
	for (const event of unfold(response)) {
		if (event.type === 'start' || event.type === 'usage' || event.type === 'finish' || event.type === 'error') continue;
		output.push(event);
	}
	return output.finish(response.finish);
}
