/**
 * What D1 is to know of an endpoint and of the stored keys used there, and what it was told. Pure, over plain memory.
 * What was never told, as after a loss of memory, is told anew: each write may be repeated.
 */
import type { BreakerState, EndpointFacts, KeyUse } from './contract';
import { heard, type Named, type Recency } from './recency';

/** While it is used, the time of its last use is told this often (ms). */
const USE_EVERY_MS = 300_000;
/** Rows of keys remembered; the one heard of longest ago goes. */
const MOST_ROWS = 256;
/** Rows told in one go; the others follow. */
const MOST_ROWS_TOLD = 20;

type RowState = 'good' | 'refused';

/** A row of `llm_providers`, by its id. */
export interface RowMemory extends Named {
	readonly organizationId: string;
	/** `Credential.mark` of the key in use: that of the call made last. What is below is about that key. */
	mark: string;
	/** When that call was made. */
	usedAt: number;
	/** null: no call has told yet. */
	state: RowState | null;
	since: number;
	/** HTTP status of the refusal; null: none was given, or it is good. */
	status: number | null;
	/** null: D1 was not told. */
	told: RowState | null;
}

export interface Register {
	/** As last reported; null: it was not used yet. */
	facts: EndpointFacts | null;
	/** The worst of its breakers, and since when. */
	state: BreakerState;
	stateSince: number;
	/** 0: never. */
	usedAt: number;
	checkedAt: number | null;
	readonly rows: Recency<RowMemory>;
	/** What the endpoint's row in D1 says; state null: nothing. */
	toldState: BreakerState | null;
	toldUsedAt: number;
	toldCheckedAt: number | null;
	/** Whether an alert is open; null: not known. */
	toldDown: boolean | null;
}

/** What is to be written now. */
export interface Duty {
	readonly facts: EndpointFacts;
	readonly state: BreakerState;
	readonly stateSince: number;
	readonly usedAt: number;
	readonly checkedAt: number | null;
	/** The endpoint's own row is due. */
	readonly endpoint: boolean;
	/** true: raise its alert, false: resolve it, null: leave it. */
	readonly down: boolean | null;
	readonly rows: readonly RowDuty[];
}

export interface RowDuty {
	readonly rowId: string;
	readonly mark: string;
	readonly organizationId: string;
	readonly state: RowState;
	readonly since: number;
	readonly status: number | null;
}

export const newRegister = (): Register => ({
	facts: null,
	state: 'closed',
	stateSince: 0,
	usedAt: 0,
	checkedAt: null,
	rows: new Map(),
	toldState: null,
	toldUsedAt: 0,
	toldCheckedAt: null,
	toldDown: null,
});

export function registerUse(register: Register, facts: EndpointFacts, now: number): void {
	register.facts = facts;
	register.usedAt = now;
}

export function registerState(register: Register, state: BreakerState, now: number): void {
	if (register.state === state && register.stateSince > 0) return;
	register.state = state;
	register.stateSince = now;
}

/**
 * `refused`: it is left alone for it. A call made before the row had its present key says nothing of that; the first
 * one with another key begins anew, since whoever changed the row has cleared what D1 knew.
 */
export function registerKey(register: Register, use: KeyUse, refused: boolean, now: number): void {
	const { rowId, organizationId, mark, startedAt, word, status } = use;
	if (rowId === null) return;
	const make = (name: string): RowMemory => ({
		name,
		heardAt: now,
		organizationId,
		mark,
		usedAt: startedAt,
		state: null,
		since: 0,
		status: null,
		told: null,
	});
	const row = heard(register.rows, rowId, MOST_ROWS, now, make);
	if (row.mark !== mark) {
		if (startedAt < row.usedAt) return;
		row.mark = mark;
		row.state = null;
		row.told = null;
	}
	row.usedAt = Math.max(row.usedAt, startedAt);
	if (word === 'good') setRow(row, 'good', null, now);
	else if (word === 'refused' && refused) setRow(row, 'refused', status, now);
}

function setRow(row: RowMemory, state: RowState, status: number | null, now: number): void {
	if (row.state === state) return;
	row.state = state;
	row.status = status;
	row.since = now;
}

/** null: D1 knows all there is to know. */
export function dutyOf(register: Register): Duty | null {
	const { facts, state, stateSince, usedAt, checkedAt } = register;
	if (facts === null) return null;
	const endpoint = isEndpointDue(register);
	const down = downOf(register);
	const rows: RowDuty[] = [];
	for (const row of register.rows.values()) {
		if (row.state === null || row.state === row.told || rows.length >= MOST_ROWS_TOLD) continue;
		const { name: rowId, mark, organizationId, since, status } = row;
		rows.push({ rowId, mark, organizationId, state: row.state, since, status });
	}
	if (!endpoint && down === null && rows.length === 0) return null;
	return { facts, state, stateSince, usedAt, checkedAt, endpoint, down, rows };
}

/** It has been written. */
export function fulfilled(register: Register, duty: Duty): void {
	register.toldState = duty.state;
	register.toldUsedAt = duty.usedAt;
	register.toldCheckedAt = duty.checkedAt;
	register.toldDown = duty.down ?? register.toldDown;
	for (const { rowId, mark, state } of duty.rows) {
		const row = register.rows.get(rowId);
		if (row?.mark === mark) row.told = state;
	}
}

const isEndpointDue = ({ state, usedAt, checkedAt, toldState, toldUsedAt, toldCheckedAt }: Register): boolean =>
	state !== toldState || usedAt - toldUsedAt >= USE_EVERY_MS || checkedAt !== toldCheckedAt;

/** An endpoint that is half-open is neither well again nor any worse. */
function downOf({ state, toldDown }: Register): boolean | null {
	if (state === 'half-open') return null;
	const down = state === 'open';
	return down === toldDown ? null : down;
}
