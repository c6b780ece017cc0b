/** What every wire must hold, on raw bytes: one suite, so that a wire's own test is its list of bodies. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { collect } from '../../src/language/collect';
import type { ChatEvent } from '../../src/language/event';
import { grammarViolation } from '../../src/language/grammar';
import type { ChatResponse } from '../../src/language/request';
import { completionTokens, promptTokens, USAGE_PARTS, type Usage } from '../../src/language/usage';
import { framerOf } from '../../src/providers/framing';
import type { DecodePlan, Frame, Wire } from '../../src/providers/provider';

export interface WireCase {
	readonly name: string;
	/** A streamed answer as it came over the network, framing included. */
	readonly body?: Uint8Array | string;
	/** A whole answer; with `body` it must be the same answer: `collect(events)` equals it. */
	readonly json?: string;
	readonly plan?: DecodePlan;
	/** How the answer ends. Default `finish`. */
	readonly ends?: 'finish' | 'error';
	/** What the upstream counted, its own totals: the partition must add up to them. */
	readonly tokens?: { readonly prompt: number; readonly completion: number };
	/** Further expectations of the answer. */
	readonly answer?: (response: ChatResponse) => void;
	/** Further expectations of the error. */
	readonly error?: (error: GatewayError) => void;
}

export interface WireSuite {
	/** Where the finish reason is written: before it every cut is an error. */
	readonly finishMarker: RegExp;
}

/** Bytes one cut test may decode in all; longer bodies are cut at every n-th byte and at every line end. */
const CUT_BUDGET = 6_000_000;
const CHUNK_SIZES = [1, 7, 64];

/** The events of a body in chunks of `size` bytes; a framer's error becomes the last event, as in the gateway. */
export function decodeBytes(wire: Wire, bytes: Uint8Array, size: number, plan: DecodePlan = {}): ChatEvent[] {
	const framer = framerOf(wire.framing);
	const decoder = wire.decoder(plan);
	const events: ChatEvent[] = [];
	try {
		for (let at = 0; at < bytes.length; at += size) {
			for (const frame of framer.push(bytes.subarray(at, at + size))) events.push(...decoder.push(frame));
		}
		for (const frame of framer.end()) events.push(...decoder.push(frame));
	} catch (error) {
		if (!(error instanceof GatewayError)) throw error;
		return isOver(events) ? events : [...events, { type: 'error', error }];
	}
	events.push(...decoder.end());
	return events;
}

const isOver = (events: readonly ChatEvent[]): boolean => {
	const last = events.at(-1)?.type;
	return last === 'finish' || last === 'error';
};

/** The events of already framed data. */
export function decodeFrames(wire: Wire, frames: readonly Frame[], plan: DecodePlan = {}): ChatEvent[] {
	const decoder = wire.decoder(plan);
	return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** Payloads, one per line, as an SSE body with its `[DONE]`. */
export const sseBody = (payloads: readonly string[]): string =>
	[...payloads, '[DONE]'].map((payload) => `data: ${payload}\n\n`).join('');

/** Runs the whole contract for one wire. */
export function describeWire(name: string, wire: Wire, suite: WireSuite, cases: readonly WireCase[]): void {
	describe(name, () => {
		for (const one of cases) describe(one.name, () => describeCase(wire, suite, one));
		describe('whatever comes', () => describeGarbage(wire, cases));
	});
}

function describeCase(wire: Wire, suite: WireSuite, one: WireCase): void {
	if (one.body !== undefined) describeStream(wire, suite, one, bytesOf(one.body));
	if (one.json !== undefined) describeWhole(wire, one, one.json);
}

function describeStream(wire: Wire, suite: WireSuite, one: WireCase, bytes: Uint8Array): void {
	const whole = () => decodeBytes(wire, bytes, Math.max(bytes.length, 1), one.plan);

	it('keeps the grammar and ends as expected', () => {
		const events = whole();
		expect(grammarViolation(events)).toBeNull();
		expectEnd(events, one);
	});

	it('gives the same events whatever the size of the chunks', () => {
		const expected = comparable(whole());
		for (const size of CHUNK_SIZES) expect(comparable(decodeBytes(wire, bytes, size, one.plan))).toEqual(expected);
	});

	it('takes a cut at any byte for a cut, and keeps what came before it', () => {
		const marker = suite.finishMarker.exec(new TextDecoder('latin1').decode(bytes));
		const finishAt = marker?.index ?? bytes.length;
		const full = comparable(whole().slice(0, -1));
		for (const cut of cutsOf(bytes)) {
			const events = decodeBytes(wire, bytes.subarray(0, cut), Math.max(cut, 1), one.plan);
			const at = `cut at byte ${cut}`;
			expect(grammarViolation(events), at).toBeNull();
			if (cut <= finishAt) expect(events.at(-1)?.type, at).toBe('error');
			const kept = comparable(events.slice(0, -1));
			expect(kept, at).toEqual(full.slice(0, kept.length));
		}
	});
}

function expectEnd(events: readonly ChatEvent[], one: WireCase): void {
	const last = events.at(-1);
	if (one.ends === 'error') {
		expect(last?.type).toBe('error');
		if (last?.type === 'error') one.error?.(last.error);
		return;
	}
	if (last?.type === 'error') throw last.error;
	expectAnswer(collect(events), one);
}

function describeWhole(wire: Wire, one: WireCase, json: string): void {
	if (one.ends === 'error') {
		it('is refused as a whole answer too', () => {
			const error = thrownBy(() => wire.fromResponse(json, one.plan ?? {}));
			expect(error).toBeInstanceOf(GatewayError);
			if (error instanceof GatewayError) one.error?.(error);
		});
		return;
	}
	it('is read as a whole answer', () => expectAnswer(wire.fromResponse(json, one.plan ?? {}), one));
	if (one.body === undefined) return;
	const bytes = bytesOf(one.body);
	it('is the same answer whole and streamed', () => {
		expect(collect(decodeBytes(wire, bytes, 64, one.plan))).toEqual(wire.fromResponse(json, one.plan ?? {}));
	});
}

function expectAnswer(response: ChatResponse, one: WireCase): void {
	if (response.usage) expectPartition(response.usage);
	if (one.tokens) {
		expect(response.usage).not.toBeNull();
		if (response.usage) {
			expect({ prompt: promptTokens(response.usage), completion: completionTokens(response.usage) }).toEqual(
				one.tokens,
			);
		}
	}
	one.answer?.(response);
}

function expectPartition(usage: Usage): void {
	for (const part of [...USAGE_PARTS, 'reportedNanoUsd'] as const) {
		const count = usage[part] ?? 0;
		if (typeof count === 'bigint') expect(count, part).toBeGreaterThanOrEqual(0n);
		else expect(Number.isInteger(count) && count >= 0, `${part} is ${count}`).toBe(true);
	}
}

function describeGarbage(wire: Wire, cases: readonly WireCase[]): void {
	const known = framesOf(wire, cases);
	const data = fc.oneof(fc.string(), fc.json(), fc.constantFrom('', '[DONE]', 'null', '{}', '[]', '{"error":{}}'));
	const event = fc.constantFrom('', 'error', 'message', 'ping', 'message_start', 'content_block_delta');
	const noise: fc.Arbitrary<Frame> = fc.record({ event, data });
	const frame = known.length > 0 ? fc.oneof(noise, fc.constantFrom(...known), mangled(known)) : noise;

	it('never throws and keeps the grammar on frames in any order', () => {
		fc.assert(
			fc.property(fc.array(frame, { maxLength: 30 }), (frames) => {
				expect(grammarViolation(decodeFrames(wire, frames))).toBeNull();
			}),
			{ numRuns: 400 },
		);
	});

	it('keeps the grammar on random bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, size) => {
				expect(grammarViolation(decodeBytes(wire, bytes, size))).toBeNull();
			}),
		);
	});

	it('says nothing more after its last event', () => {
		fc.assert(
			fc.property(fc.array(frame, { maxLength: 10 }), (frames) => {
				const decoder = wire.decoder({});
				for (const one of frames) decoder.push(one);
				decoder.end();
				expect(frames.flatMap((one) => decoder.push(one)).concat(decoder.end())).toEqual([]);
			}),
		);
	});

	it('refuses an unreadable whole answer with a typed error and nothing else', () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
				const error = thrownBy(() => wire.fromResponse(body, {}));
				expect(error === undefined || error instanceof GatewayError).toBe(true);
			}),
		);
		expect(thrownBy(() => wire.fromResponse('<html>busy</html>', {}))).toMatchObject({ code: 'upstream_malformed' });
	});

	it('turns every error answer into a typed error with a short single line', () => {
		fc.assert(
			fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
				const error = wire.fromError(status, new Headers(), body);
				expect(error).toBeInstanceOf(GatewayError);
				expect(error.upstream?.status).toBe(status);
				expect(error.message.length).toBeLessThan(700);
				expect(error.message).not.toMatch(/[\r\n]/);
			}),
		);
	});
}

/** Known frames with one character of their JSON replaced, or with a value of another type. */
function mangled(known: readonly Frame[]): fc.Arbitrary<Frame> {
	return fc
		.tuple(fc.constantFrom(...known), fc.nat(), fc.constantFrom('null', '7', '"x"', '[]', '{}', ''))
		.map(([frame, seed, value]) => {
			const spots = [...frame.data.matchAll(/:\s*("[^"]*"|-?\d+|null|true|false)/g)];
			const spot = spots[seed % Math.max(spots.length, 1)];
			if (!spot) return { event: frame.event, data: value };
			const end = spot.index + spot[0].length;
			return { event: frame.event, data: `${frame.data.slice(0, spot.index)}:${value}${frame.data.slice(end)}` };
		});
}

function framesOf(wire: Wire, cases: readonly WireCase[]): Frame[] {
	return cases.flatMap(({ body }) => {
		if (body === undefined) return [];
		const framer = framerOf(wire.framing);
		const frames = framer.push(bytesOf(body));
		try {
			frames.push(...framer.end());
		} catch (error) {
			if (!(error instanceof GatewayError)) throw error;
		}
		return frames.slice(0, 40);
	});
}

function cutsOf(bytes: Uint8Array): number[] {
	const stride = Math.max(1, Math.ceil(bytes.length ** 2 / 2 / CUT_BUDGET));
	const cuts = new Set<number>();
	for (let cut = 0; cut < bytes.length; cut += stride) cuts.add(cut);
	const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 10);
	if (stride > 1 && (lineEnds.length * bytes.length) / 2 <= CUT_BUDGET) {
		for (const at of lineEnds) cuts.add(at).add(at + 1);
	}
	return [...cuts].filter((cut) => cut < bytes.length);
}

/** Errors compare by what a client and the router see of them. */
const comparable = (events: readonly ChatEvent[]): unknown[] =>
	events.map((event) =>
		event.type === 'error'
			? { type: 'error', code: event.error.code, message: event.error.message, upstream: event.error.upstream }
			: event,
	);

const bytesOf = (body: Uint8Array | string): Uint8Array =>
	typeof body === 'string' ? new TextEncoder().encode(body) : body;

function thrownBy(run: () => unknown): unknown {
	try {
		run();
		return undefined;
	} catch (thrown) {
		return thrown;
	}
}
