/** What a credential may do, found out by asking: one batched request. */
import { asSwitchyardError, type Switchyard } from '../../client';

export interface Access {
	/** `operator`: all organizations; `manager`: its own; `caller`: models only. */
	readonly role: 'operator' | 'manager' | 'caller';
	/** May it call models? */
	readonly inference: boolean;
	/** Slug of the organization a request without a choice acts on; null: unknown, or none. */
	readonly organization: string | null;
}

const isRefusal = (thrown: unknown): boolean => asSwitchyardError(thrown)?.code === 'forbidden';

/** Throws what the gateway says about a credential that it does not know, or why it can't be asked. */
export async function accessOf({ organizations, models }: Switchyard): Promise<Access> {
	const [list, own, listed] = await Promise.allSettled([
		organizations.list.query(),
		organizations.get.query(),
		models.list.query(),
	]);
	if (list.status === 'rejected' && !isRefusal(list.reason)) throw list.reason;
	const inference = listed.status === 'fulfilled' || !isRefusal(listed.reason);
	const organization = own.status === 'fulfilled' ? own.value.slug : null;
	if (list.status === 'fulfilled') {
		const first = organization ?? list.value[0]?.slug ?? null;
		return { role: 'operator', inference, organization: first };
	}
	if (own.status === 'rejected' && !isRefusal(own.reason)) throw own.reason;
	return { role: own.status === 'fulfilled' ? 'manager' : 'caller', inference, organization };
}
