/** A ledger entry as a row of `llm_usage_logs` and back: the one mapping of the object and the direct writer. */
import { USAGE_PARTS, type Usage, type UsagePart, usageOf } from '../language/usage';
import type { EntryState, LedgerEntry, Operation } from './contract';
import { cut, cutOrNull, receiptIn, receiptText, routingText } from './cut';

const TOKEN_COLUMNS = {
	input: 'input_tokens',
	cacheRead: 'cache_read_tokens',
	cacheWrite5m: 'cache_write_5m_tokens',
	cacheWrite1h: 'cache_write_1h_tokens',
	inputAudio: 'input_audio_tokens',
	inputImage: 'input_image_tokens',
	output: 'output_tokens',
	reasoning: 'reasoning_tokens',
	outputAudio: 'output_audio_tokens',
} as const satisfies Record<UsagePart, string>;

type TokenColumn = (typeof TOKEN_COLUMNS)[UsagePart];

/** NULL tokens: unknown, never zero. `seq` is not the entry's: whoever writes the row sets it. */
export interface UsageRow extends Readonly<Record<TokenColumn, number | null>> {
	readonly attempt_id: string;
	readonly request_id: string;
	readonly organization_id: string;
	readonly state: EntryState;
	readonly operation: Operation;
	readonly stream: number;
	readonly key_id: string | null;
	readonly agent_id: string | null;
	readonly user: string | null;
	readonly run_id: string | null;
	/** JSON array */
	readonly tags: string;
	readonly client_request_id: string | null;
	readonly provider: string;
	readonly provider_row_id: string | null;
	readonly model: string;
	readonly started_at: number;
	readonly ended_at: number;
	readonly response_time_ms: number;
	readonly first_token_ms: number | null;
	readonly usage_source: LedgerEntry['usageSource'];
	/** Decimal text: exact above 2^53. */
	readonly cost_nano_usd: string | null;
	readonly price_version: string | null;
	readonly finish_reason: string | null;
	readonly finish_reason_raw: string | null;
	readonly error_code: string | null;
	readonly error_class: string | null;
	readonly http_status: number | null;
	readonly config_version: number;
	/** JSON object */
	readonly context: string | null;
	readonly source: LedgerEntry['source'];
	/** JSON object */
	readonly routing: string | null;
}

/** Order of the columns in a row's JSON. New ones come last: rows of an older release still wait in outboxes. */
export const COLUMNS = [
	'attempt_id',
	'request_id',
	'organization_id',
	'state',
	'operation',
	'stream',
	'key_id',
	'agent_id',
	'user',
	'run_id',
	'tags',
	'client_request_id',
	'provider',
	'provider_row_id',
	'model',
	'started_at',
	'ended_at',
	'response_time_ms',
	'first_token_ms',
	...USAGE_PARTS.map((part) => TOKEN_COLUMNS[part]),
	'usage_source',
	'cost_nano_usd',
	'price_version',
	'finish_reason',
	'finish_reason_raw',
	'error_code',
	'error_class',
	'http_status',
	'config_version',
	'context',
	'source',
	'routing',
] as const satisfies readonly (keyof UsageRow)[];

/** Tags beyond which they are cut, so that no row outgrows a batch. */
const TAG_LIMIT = 64;

export function rowOf(entry: LedgerEntry): UsageRow {
	const { usage } = entry;
	return {
		attempt_id: entry.attemptId,
		request_id: entry.requestId,
		organization_id: entry.organizationId,
		state: entry.state,
		operation: entry.operation,
		stream: entry.stream ? 1 : 0,
		key_id: entry.keyId,
		agent_id: entry.agentId,
		user: cutOrNull(entry.user),
		run_id: cutOrNull(entry.runId),
		tags: entry.tags.length === 0 ? '[]' : JSON.stringify(entry.tags.slice(0, TAG_LIMIT).map(cut)),
		client_request_id: cutOrNull(entry.clientRequestId),
		provider: cut(entry.provider),
		provider_row_id: entry.providerRowId,
		model: cut(entry.model),
		started_at: entry.startedAt,
		ended_at: entry.endedAt,
		response_time_ms: Math.max(0, entry.endedAt - entry.startedAt),
		first_token_ms: entry.firstTokenMs,
		input_tokens: usage ? usage.input : null,
		cache_read_tokens: usage ? usage.cacheRead : null,
		cache_write_5m_tokens: usage ? usage.cacheWrite5m : null,
		cache_write_1h_tokens: usage ? usage.cacheWrite1h : null,
		input_audio_tokens: usage ? usage.inputAudio : null,
		input_image_tokens: usage ? usage.inputImage : null,
		output_tokens: usage ? usage.output : null,
		reasoning_tokens: usage ? usage.reasoning : null,
		output_audio_tokens: usage ? usage.outputAudio : null,
		usage_source: entry.usageSource,
		cost_nano_usd: entry.costNanoUsd === null ? null : entry.costNanoUsd.toString(),
		price_version: entry.priceVersion,
		finish_reason: entry.finishReason,
		finish_reason_raw: cutOrNull(entry.finishReasonRaw),
		error_code: entry.errorCode,
		error_class: entry.errorClass,
		http_status: entry.httpStatus,
		config_version: entry.configVersion,
		context: receiptText(entry.context),
		source: entry.source,
		routing: routingText(entry.routing),
	};
}

/** The row as a JSON array in the order of `COLUMNS`. */
export function rowJson(entry: LedgerEntry): string {
	const row = rowOf(entry);
	return JSON.stringify(COLUMNS.map((column) => row[column]));
}

function usageIn(row: UsageRow): Usage | null {
	const parts: { -readonly [K in UsagePart]?: number } = {};
	for (const part of USAGE_PARTS) {
		const count = row[TOKEN_COLUMNS[part]];
		if (count === null) return null;
		parts[part] = count;
	}
	return usageOf(parts);
}

/** The inverse of `rowOf`, but for a reported charge, which the row keeps as its cost alone, and the issuer of its key. */
export function entryOf(row: UsageRow, issuerKeyId: string | null = null): LedgerEntry {
	return {
		attemptId: row.attempt_id,
		requestId: row.request_id,
		organizationId: row.organization_id,
		state: row.state,
		operation: row.operation,
		stream: row.stream !== 0,
		keyId: row.key_id,
		issuerKeyId,
		agentId: row.agent_id,
		user: row.user,
		runId: row.run_id,
		tags: JSON.parse(row.tags) as string[],
		clientRequestId: row.client_request_id,
		provider: row.provider,
		providerRowId: row.provider_row_id,
		model: row.model,
		startedAt: row.started_at,
		endedAt: row.ended_at,
		firstTokenMs: row.first_token_ms,
		usage: usageIn(row),
		usageSource: row.usage_source,
		costNanoUsd: row.cost_nano_usd === null ? null : BigInt(row.cost_nano_usd),
		priceVersion: row.price_version,
		finishReason: row.finish_reason,
		finishReasonRaw: row.finish_reason_raw,
		errorCode: row.error_code,
		errorClass: row.error_class,
		httpStatus: row.http_status,
		configVersion: row.config_version,
		context: receiptIn(row.context),
		source: row.source,
		routing: row.routing === null ? null : (JSON.parse(row.routing) as LedgerEntry['routing']),
	};
}
