/** Where summaries are kept between requests. */

/** Summaries that were written before, by a name that tells nothing of what they stand for. */
export interface SummaryPort {
	/** null: none is known. Never rejects. */
	read(name: string): Promise<string | null>;
	/** Kept for a day, sealed. Never throws; nobody waits. */
	write(name: string, summary: string): void;
	/**
	 * Takes the writing of one upon itself, for `ms` at most. null: another request of this isolate is at it, and is told
	 * that somebody else wants it too; it ends when `writing` says so.
	 */
	begin(name: string, ms: number): SummaryWork | null;
	/** A request of this isolate is writing it. */
	writing(name: string): boolean;
}

export interface SummaryWork {
	/** Another request waits for it. */
	wanted(): boolean;
	end(): void;
}
