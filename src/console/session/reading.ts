/** Asking who is signed in, with the operator's choice of an organization where it still holds. */
import { createSwitchyard } from '../../client';
import { failureOf } from '../failure/refusal';
import { type Access, accessOf } from './access';
import { readSession } from './session-door';
import { chosenOrganization } from './storage';

/** Slug of the organization an operator begins with; null: there is none yet. */
async function firstOrganization(): Promise<string | null> {
	const [first] = await createSwitchyard({ url: location.origin }).organizations.list.query({ limit: 1 });
	return first?.slug ?? null;
}

/** Throws what the gateway says of a session that is over, or why it can't be asked. */
export async function readAccess(): Promise<Access> {
	const chosen = chosenOrganization.read();
	try {
		const access = accessOf(await readSession(chosen));
		const operator = access.role === 'operator';
		const organization = operator ? (access.organization ?? (await firstOrganization())) : access.organization;
		chosenOrganization.write(operator ? organization : null);
		return { ...access, organization };
	} catch (thrown) {
		if (chosen === null || failureOf(thrown)?.code !== 'not_found') throw thrown;
		chosenOrganization.write(null);
		return readAccess();
	}
}

/** No later request will be let in either. */
export function isOver(thrown: unknown): boolean {
	const code = failureOf(thrown)?.code;
	return code === 'unauthorized' || code === 'forbidden';
}
