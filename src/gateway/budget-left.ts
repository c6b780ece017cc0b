/** What is left of the budgets that count for a caller, as the ledger sees them at this moment. */
import type { KeyLimits, LedgerLimits, NanoUsd, Spending } from '../ledger/contract';
import type { Ports, Snapshot } from './ports';

export interface BudgetLeft {
	/** Of the tightest, holds of running requests taken off, never below 0; null: none is set, or nobody can say. */
	readonly nanoUsd: NanoUsd | null;
	/** False: the ledger could not be asked. */
	readonly known: boolean;
}

const NONE: BudgetLeft = { nanoUsd: null, known: true };

/** Asks the ledger only where a budget is set. Never rejects. */
export async function budgetLeft(
	{ organization, limits, caller }: Pick<Snapshot, 'organization' | 'limits' | 'caller'>,
	{ ledger, log }: Pick<Ports, 'ledger' | 'log'>,
): Promise<BudgetLeft> {
	const { keyId, limits: own, issuer } = caller;
	const [ofOrganization, ofKey, ofIssuer] = [limits, own, issuer?.limits].map(isSet);
	if (!ofOrganization && !ofKey && !ofIssuer) return NONE;
	try {
		const [account, issuing] = await Promise.all([
			ledger.account(organization.id, ofKey ? keyId : null),
			ofIssuer && issuer ? ledger.account(organization.id, issuer.keyId) : null,
		]);
		const lefts = [
			...leftOf(limits, account.organization),
			...leftOf(own, account.key),
			...leftOf(issuer?.limits, issuing?.key),
		];
		return { nanoUsd: lefts.reduce((least, left) => (left < least ? left : least)), known: true };
	} catch (error) {
		log('warn', 'budget-unknown', { organizationId: organization.id, error });
		return { nanoUsd: null, known: false };
	}
}

type Limits = LedgerLimits & Partial<Pick<KeyLimits, 'budgetTotalNanoUsd'>>;
type Spent = Spending & { readonly totalNanoUsd?: NanoUsd };

function isSet(limits: Limits | null | undefined): boolean {
	const {
		budgetDayNanoUsd: day = null,
		budgetMonthNanoUsd: month = null,
		budgetTotalNanoUsd: total = null,
	} = limits ?? {};
	return day !== null || month !== null || total !== null;
}

function leftOf(limits: Limits | null | undefined, spent: Spent | null | undefined): readonly NanoUsd[] {
	if (!limits || !spent) return [];
	const { budgetDayNanoUsd, budgetMonthNanoUsd, budgetTotalNanoUsd } = limits;
	const { dayNanoUsd, monthNanoUsd, totalNanoUsd, heldNanoUsd } = spent;
	const pairs = [
		[budgetDayNanoUsd, dayNanoUsd],
		[budgetMonthNanoUsd, monthNanoUsd],
		[budgetTotalNanoUsd, totalNanoUsd],
	] as const;
	return pairs.flatMap(([budget, used = 0n]) => {
		if (budget === null || budget === undefined) return [];
		const left = budget - used - heldNanoUsd;
		return left > 0n ? left : 0n;
	});
}
