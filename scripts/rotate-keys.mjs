/** `npm run rotate-keys`: moves the provider keys of a running instance to its LLM_ENCRYPTION_KEY (docs/rotating-keys.md). */
import { pathToFileURL } from 'node:url';
import { connect, Refusal, run } from './instance.mjs';

/** Until every row has been looked at. `call` as `connect` gives it. Resolves with how many keys could not be moved. */
export async function rotateKeys(call, print) {
	let moved = 0;
	let failures = 0;
	for (let after = null; ; ) {
		const step = await call('providers.resealKeys', after === null ? {} : { after }, 'mutation');
		moved += step.resealed;
		failures += step.failed.length;
		for (const { id, organizationId, provider, reason } of step.failed)
			print(`  failed: ${provider} key ${id} of organization ${organizationId}: ${reason}`);
		if (step.next === null) {
			print(`${moved} keys moved to ${step.currentKeyId}, ${step.remaining} remaining.`);
			return Math.max(failures, step.remaining);
		}
		print(`${moved} keys moved, ${step.remaining} remaining …`);
		after = step.next;
	}
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
	await run(async () => {
		// The operator's alone: a key of an organization, which other scripts take, moves nothing.
		const { SWITCHYARD_KEY: _, ...environment } = process.env;
		const failures = await rotateKeys(connect({ environment }), console.log);
		if (failures > 0)
			throw new Refusal(`${failures} keys are not under the current key: leave LLM_ENCRYPTION_KEYS_OLD as it is.`);
	});
