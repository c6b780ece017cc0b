/** `dist/console/`: the static files that the Worker reads itself, beside those of the console. */
import { writeDescription } from './description.mjs';
import { writeRanks } from './ranks.mjs';

/** Writes those that are missing or older than what they are made of. */
export async function writeAssets(root) {
	writeRanks(root);
	await writeDescription(root);
}
