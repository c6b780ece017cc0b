/** Ids of tool calls that came without one: the same however often an answer is decoded. */
import type { Message } from '../../../language/message';
import { callIdsOf } from './call-ids';

/** Characters of the answer's name: enough to differ from turn to turn, short enough for every provider. */
const LENGTH = 16;
const NAMELESS = /^call_(\d{1,9})$/;

/** `answer`: the id of the answer, or its time; where it has neither, `count` has to differ by itself. */
export function madeId(answer: string, count: number): string {
	const name = answer.replace(/[^A-Za-z0-9]/g, '').slice(-LENGTH);
	return `call_${name && `${name}_`}${count}`;
}

/** The first count that no call of the conversation has: see `DecodePlan.firstCall`. */
export function firstMadeCall(messages: readonly Message[]): number {
	let first = 0;
	for (const id of callIdsOf(messages)) {
		const count = NAMELESS.exec(id)?.[1];
		if (count !== undefined) first = Math.max(first, Number(count) + 1);
	}
	return first;
}
