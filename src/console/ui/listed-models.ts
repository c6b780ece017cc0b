/** An ordered list of models as forms hold it. */

/** The `key` stays with it when the order changes. */
export interface ListedModel {
	readonly key: number;
	readonly model: string;
}

export const listed = (models: readonly string[]): readonly ListedModel[] =>
	models.map((model, key) => ({ key, model }));

export const namesOf = (models: readonly ListedModel[]): string[] => models.map(({ model }) => model.trim());

export function moved<Listed extends ListedModel>(
	models: readonly Listed[],
	from: number,
	to: number,
): readonly Listed[] {
	const one = models[from];
	return one ? models.toSpliced(from, 1).toSpliced(to, 0, one) : models;
}

/** Of one that is added. */
export const nextKey = (models: readonly ListedModel[]): number => Math.max(-1, ...models.map(({ key }) => key)) + 1;
