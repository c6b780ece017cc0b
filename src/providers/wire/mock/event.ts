/** One event as it came, read field by field. Undefined: not an event of this wire. */
import type { ChatEvent } from '../../../language/event';
import type { Annotation } from '../../../language/message';
import type { FinishReasonKind } from '../../../language/request';
import { USAGE_PARTS, type Usage, usageOf } from '../../../language/usage';
import { isObject, type Json, malformed, numberOf, objectOf, textOf } from '../json';
import { errorInside } from './error';

const KINDS: ReadonlySet<string> = new Set<FinishReasonKind>([
	'stop',
	'length',
	'tool-calls',
	'content-filter',
	'other',
]);
const ANNOTATIONS: ReadonlySet<string> = new Set<Annotation['type']>(['url-citation', 'file-citation', 'other']);

export function readEvent(payload: Json): ChatEvent | undefined {
	switch (payload.type) {
		case 'start':
			return { type: 'start', id: textOf(payload.id) ?? '', model: textOf(payload.model) ?? '' };
		case 'usage':
			return { type: 'usage', usage: readUsage(objectOf(payload.usage) ?? {}) };
		case 'finish':
			return readFinish(objectOf(payload.finish) ?? {});
		case 'error':
			return { type: 'error', error: errorInside(objectOf(payload.error)) };
		default:
			return readDelta(payload, numberOf(payload.index) ?? -1);
	}
}

function readDelta(payload: Json, index: number): ChatEvent | undefined {
	const text = textOf(payload.text) ?? '';
	switch (payload.type) {
		case 'text-delta':
		case 'reasoning-delta':
		case 'refusal-delta':
			return { type: payload.type, index, text };
		case 'reasoning-signature':
			return {
				type: 'reasoning-signature',
				index,
				signature: textOf(payload.signature) ?? '',
				...(payload.redacted === true && { redacted: true }),
			};
		case 'tool-call-start':
			return { type: 'tool-call-start', index, id: textOf(payload.id) ?? '', name: textOf(payload.name) ?? '' };
		case 'tool-call-delta':
			return { type: 'tool-call-delta', index, arguments: textOf(payload.arguments) ?? '' };
		case 'annotation':
			return isAnnotation(payload.annotation)
				? { type: 'annotation', index, annotation: payload.annotation }
				: undefined;
		default:
			return undefined;
	}
}

const isAnnotation = (value: unknown): value is Annotation & Json =>
	isObject(value) && typeof value.type === 'string' && ANNOTATIONS.has(value.type);

function readUsage(counts: Json): Usage {
	return usageOf(Object.fromEntries(USAGE_PARTS.map((part) => [part, numberOf(counts[part]) ?? 0])));
}

function readFinish(finish: Json): ChatEvent {
	const kind = textOf(finish.kind) ?? '';
	const raw = textOf(finish.raw);
	if (!isKind(kind)) return { type: 'error', error: malformed('The upstream sent an unknown finish reason.') };
	return { type: 'finish', finish: { kind, ...(raw !== undefined && { raw }) } };
}

const isKind = (kind: string): kind is FinishReasonKind => KINDS.has(kind);
