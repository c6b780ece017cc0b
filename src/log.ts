/** One structured JSON line per event, readable in `wrangler tail`. Values that look like keys never get out. */
import type { LogLevel } from './gateway/ports';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };
const SECRET = /(sy_[a-z0-9]+_)[A-Za-z0-9]+|\b(sk-[A-Za-z0-9]{2})[A-Za-z0-9_-]{6,}|(Bearer\s+)[^\s"]+/g;

export type Log = (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void;

const plain = (_: string, value: unknown): unknown => {
	if (typeof value === 'bigint') return value.toString();
	return value instanceof Error ? `${value.name}: ${value.message}` : value;
};

/** `write` gets the finished line. */
export function logger(threshold: LogLevel, write: (level: LogLevel, line: string) => void): Log {
	return (level, event, fields) => {
		if (RANK[level] < RANK[threshold]) return;
		const line = JSON.stringify({ level, event, ...fields }, plain);
		write(level, line.replace(SECRET, '$1$2$3[redacted]'));
	};
}
