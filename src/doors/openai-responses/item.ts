/** Output items while they grow; `body` is what the whole answer holds of them. */
import type { Lines } from './lines';

export type ItemStatus = 'completed' | 'incomplete';

/** Where an item stands, and who hears of it. */
export interface Place {
	readonly id: string;
	readonly index: number;
	readonly lines: Lines;
}

/** `body` may still change after `close`: a late citation or signature belongs to the whole answer. */
export interface OutputItem {
	readonly body: object;
	/** Nothing more is expected for it. */
	isOver(): boolean;
	close(status: ItemStatus): void;
	readonly closed: boolean;
}

export const added = ({ index, lines }: Place, item: object): void =>
	lines.event('response.output_item.added', { output_index: index, item });
export const done = ({ index, lines }: Place, item: object): void =>
	lines.event('response.output_item.done', { output_index: index, item });
