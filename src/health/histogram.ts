/** How the last five minutes' times to the first event are spread: counts in buckets that grow by a constant factor. */

/** Buckets per doubling: a quantile is exact to a tenth. */
const PER_OCTAVE = 4;
/** From 1 ms to some 17 minutes; what lies beyond counts for the last. */
const BUCKETS = 80;
const MINUTE_MS = 60_000;
const MINUTES = 5;

interface Minute {
	/** Minutes since epoch. */
	readonly minute: number;
	/** One per bucket, up to the highest that was met. */
	readonly counts: number[];
}

/** Oldest first; JSON as it stands. */
export type Histogram = Minute[];

export const newHistogram = (): Histogram => [];

function bucketOf(ms: number): number {
	return Math.min(BUCKETS - 1, Math.floor(Math.log2(Math.max(1, ms)) * PER_OCTAVE));
}

/** The middle of a bucket, in ratio. */
const middleOf = (bucket: number): number => Math.round(2 ** ((bucket + 0.5) / PER_OCTAVE));

export function sample(histogram: Histogram, ms: number | null, now: number): void {
	if (ms === null || !Number.isFinite(ms) || ms < 0) return;
	const minute = Math.floor(now / MINUTE_MS);
	let last = histogram.at(-1);
	if (!last || last.minute < minute) {
		while (histogram[0] && histogram[0].minute <= minute - MINUTES) histogram.shift();
		last = { minute, counts: [] };
		histogram.push(last);
	}
	const bucket = bucketOf(ms);
	while (last.counts.length <= bucket) last.counts.push(0);
	last.counts[bucket] = (last.counts[bucket] ?? 0) + 1;
}

/** ms below which so many of the last five minutes' samples lie (`shares`: 0–1 each); null: there are none. */
export function quantiles(histogram: Histogram, shares: readonly number[], now: number): (number | null)[] {
	const oldest = Math.floor(now / MINUTE_MS) - MINUTES;
	const counts = new Array<number>(BUCKETS).fill(0);
	let total = 0;
	for (const past of histogram) {
		if (past.minute <= oldest) continue;
		for (const [bucket, count] of past.counts.entries()) {
			counts[bucket] = (counts[bucket] ?? 0) + count;
			total += count;
		}
	}
	return shares.map((share) =>
		total === 0 ? null : middleOf(bucketAt(counts, Math.max(1, Math.ceil(total * share)))),
	);
}

/** The bucket of the sample with that rank, 1 being the least. */
function bucketAt(counts: readonly number[], rank: number): number {
	let seen = 0;
	for (const [bucket, count] of counts.entries()) {
		seen += count;
		if (seen >= rank) return bucket;
	}
	return BUCKETS - 1;
}
