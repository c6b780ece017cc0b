/** An account as JSON: money as decimal text, times as ISO 8601. */
import { usdDecimal } from '../../http/money';
import type { KeyAccount } from '../../services/key-account';
import type { BudgetWindow, RequestWindow, Standing } from '../../services/key-standing';
import type { KeyBody } from './schema';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const rate = (window: RequestWindow | null) =>
	window && {
		limit: window.limit,
		used: window.used,
		remaining: window.remaining,
		resetsInSeconds: Math.max(0, Math.ceil(window.resetsInMs / 1_000)),
	};

const budget = (window: BudgetWindow | null) =>
	window && {
		limitUsd: usdDecimal(window.limitNanoUsd),
		spentUsd: usdDecimal(window.spentNanoUsd),
		heldUsd: usdDecimal(window.heldNanoUsd),
		leftUsd: usdDecimal(window.leftNanoUsd),
		resetsAt: iso(window.resetsAt),
	};

const limits = (standing: Standing | null) => ({
	requestsPerMinute: rate(standing?.requestsPerMinute ?? null),
	requestsPerDay: rate(standing?.requestsPerDay ?? null),
});

const budgets = (standing: Standing | null) => ({
	day: budget(standing?.day ?? null),
	month: budget(standing?.month ?? null),
	total: budget(standing?.total ?? null),
});

const usage = ({ spending }: Standing) => ({
	requestsLastMinute: spending.requestsMinute,
	requestsToday: spending.requestsDay,
	todayUsd: usdDecimal(spending.dayNanoUsd),
	monthUsd: usdDecimal(spending.monthNanoUsd),
	totalUsd: 'totalNanoUsd' in spending ? usdDecimal(spending.totalNanoUsd) : null,
	heldUsd: usdDecimal(spending.heldNanoUsd),
});

export function keyBody(account: KeyAccount): KeyBody {
	const { own, whole } = account;
	return {
		object: 'key',
		id: account.id,
		name: account.name,
		kind: account.kind,
		last4: account.last4,
		organization: { id: account.organization.id, slug: account.organization.slug },
		role: account.role,
		scopes: [...account.scopes],
		agents: account.agents && [...account.agents],
		models: account.models && [...account.models],
		providers: account.providers && [...account.providers],
		origins: [...account.origins],
		mayOverrideModel: account.mayOverrideModel,
		mayOverrideSettings: account.mayOverrideSettings,
		mayOverridePrompt: account.mayOverridePrompt,
		createdAt: iso(account.createdAt),
		expiresAt: iso(account.expiresAt),
		lastUsedAt: iso(account.lastUsedAt),
		limits: limits(own),
		budget: budgets(own),
		usage: own && usage(own),
		organizationLimits: whole && limits(whole),
		organizationBudget: whole && budgets(whole),
		organizationUsage: whole && usage(whole),
		configVersion: account.configVersion,
	};
}
