/**
 * Migrates and seeds the local D1 in a process of its own: Miniflare's exit hooks would otherwise end
 * `npm run dev` before it could stop wrangler. Takes the root and the state folder as arguments and the key
 * from the environment; prints JSON.
 */
import { migrate, openLocalDatabase, seed } from './database.mjs';

const [root, stateDir] = process.argv.slice(2);

try {
	const { db, close } = await openLocalDatabase(root, stateDir);
	await migrate(db, root);
	const seeded = await seed(db, process.env.DEV_GATEWAY_KEY ?? '');
	await close();
	console.log(JSON.stringify(seeded));
} catch (error) {
	console.error(error.message);
	process.exit(1);
}
