import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/catalog';
import type { FilePart, UserPart } from '../../src/language/message';
import type { ChatRequest } from '../../src/language/request';
import { countMemo, tableEstimate } from '../../src/planner/count';
import { o200k } from '../support/encodings';

const { facts } = catalog();
const GEMINI = facts('google', 'gemini-2.5-flash');
const GPT_4O = facts('openai', 'gpt-4o');
const CLAUDE = facts('anthropic', 'claude-haiku-4-5');
/** Beside what is in a file. */
const FILE = 16;

const asking = (...content: UserPart[]): ChatRequest => ({ messages: [{ role: 'user', content }] });
const added = (part: UserPart, sheet = GEMINI): number =>
	tableEstimate(asking(part), sheet, o200k) - tableEstimate(asking(), sheet, o200k);
const file = (mediaType: string, bytes: string): FilePart => ({
	type: 'file',
	source: { kind: 'data', mediaType, data: btoa(bytes) },
});
const pdf = (head: string, length = 200_000, tail = ''): FilePart =>
	file('application/pdf', `%PDF-1.7\n${head}${'x'.repeat(length)}${tail}`);

describe('a document', () => {
	it('counts by the pages that it says it has, at either end', () => {
		expect(added(pdf('1 0 obj <</Linearized 1/L 90/H [9 9]/O 4/E 9/N 12/T 9>>'))).toBe(12 * 600 + FILE);
		expect(added(pdf('<< /Type /Pages /Kids [3 0 R] /Count 7 >>'))).toBe(7 * 600 + FILE);
		expect(added(pdf('', 200_000, '<< /Type /Pages /Count 9 >> << /Count 3 >>'))).toBe(9 * 600 + FILE);
		expect(added(pdf('<< /Type /Pages /Count 7 >>'), CLAUDE)).toBe(7 * 3_000 + FILE);
	});

	it('counts by its length where it does not say, and has no more pages than fit into it', () => {
		expect(added(pdf('', 61_400))).toBe(10 * 600 + FILE);
		expect(added(pdf('<< /Count 900000 >>', 4_000))).toBe(4 * 600 + FILE);
		expect(added(file('application/pdf', 'x'))).toBe(600 + FILE);
	});

	it('counts flat where it is elsewhere', () => {
		expect(added({ type: 'file', source: { kind: 'file-id', id: 'f' } })).toBe(20_000 + FILE);
	});

	it('counts by its words where it is plain text, its name too', () => {
		const words = 'There is a house in New Orleans. '.repeat(50);
		expect(added(file('text/plain', words), GPT_4O)).toBe(o200k.count(words) + FILE);
		expect(added({ ...file('text/csv', words), filename: 'house.csv' }, GPT_4O)).toBe(
			o200k.count(words) + o200k.count('house.csv') + FILE,
		);
		const broken: FilePart = { type: 'file', source: { kind: 'data', mediaType: 'text/plain', data: 'no base64!' } };
		expect(added(broken, GPT_4O)).toBe(o200k.count('no base64!') + FILE);
	});

	it('counts once, whoever asks', () => {
		const memo = countMemo();
		const part = pdf('<< /Type /Pages /Count 7 >>');
		tableEstimate(asking(part), GEMINI, o200k, memo);
		expect(memo.pages.get(part)).toBe(7);
		memo.pages.set(part, 100);
		expect(tableEstimate(asking(part), CLAUDE, o200k, memo)).toBeGreaterThan(300_000);
	});

	it('whose passages are to be cited takes instructions of its own', () => {
		const words = file('text/plain', 'Ruby was made in 1993.');
		expect(added({ ...words, citations: true }, CLAUDE)).toBe(added(words, CLAUDE) + 590);
		expect(added({ ...words, citations: true }, GPT_4O)).toBe(added(words, GPT_4O));
	});
});

describe('audio', () => {
	/** Of so many seconds at 32,000 bytes a second. */
	function wav(seconds: number): UserPart {
		const bytes = new Uint8Array(44 + seconds * 32_000);
		const view = new DataView(bytes.buffer);
		for (const [at, text] of [
			[0, 'RIFF'],
			[8, 'WAVE'],
			[12, 'fmt '],
		] as const)
			for (const [offset, letter] of [...text].entries()) view.setUint8(at + offset, letter.charCodeAt(0));
		view.setUint32(28, 32_000, true);
		const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
		return { type: 'audio', data, format: 'wav' };
	}

	it('counts by the seconds that a WAV header tells', () => {
		expect(added(wav(10))).toBeGreaterThanOrEqual(320);
		expect(added(wav(10))).toBeLessThan(323);
		expect(added(wav(10), GPT_4O)).toBeLessThan(103);
	});

	it('counts by its bytes else, as if it were speech at its smallest', () => {
		expect(added({ type: 'audio', data: btoa('x'.repeat(10_240)), format: 'mp3' })).toBe(321);
		expect(added({ type: 'audio', data: '', format: 'wav' })).toBe(0);
	});
});
