import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { originalName, ToolNames } from '../../../src/providers/wire/tool-names';

const names = (...all: string[]) =>
	new ToolNames(
		all.map((name) => ({ name })),
		64,
	);

describe('tool names', () => {
	it('stay as they are where the provider takes them', () => {
		const kept = names('get_weather', 'a-B_9');
		expect(kept.sent('get_weather')).toBe('get_weather');
		expect(kept.changed).toBeUndefined();
	});

	it('are changed where it does not, and found again', () => {
		const changed = names('server.tool', 'server_tool', 'x'.repeat(80), 'x'.repeat(90));
		expect(changed.sent('server.tool')).toBe('server_tool');
		expect(changed.sent('server_tool')).toBe('server_tool_2');
		expect(changed.sent('x'.repeat(90))).toHaveLength(64);
		expect(originalName('server_tool_2', changed.changed)).toBe('server_tool');
		expect(originalName('constructor', changed.changed)).toBe('constructor');
	});

	it('never meet, and always lead back', () => {
		fc.assert(
			fc.property(fc.uniqueArray(fc.string({ maxLength: 8 }), { maxLength: 12 }), (all) => {
				const short = new ToolNames(
					all.map((name) => ({ name })),
					4,
				);
				const sent = all.map((name) => short.sent(name));
				expect(new Set(sent).size).toBe(all.length);
				expect(sent.every((name) => /^[A-Za-z0-9_-]{1,4}$/.test(name))).toBe(true);
				expect(sent.map((name) => originalName(name, short.changed))).toEqual(all);
			}),
		);
	});
});
