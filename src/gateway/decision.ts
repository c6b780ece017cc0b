/** What is said of how a request was routed, in its answer and in the ledger. Pure. */
import type { RoutingDecision, RoutingStep } from '../language/routing';
import type { Candidate, Route } from './candidate';
import type { Runner } from './rounds';

type Decided = Pick<Route, 'strategy' | 'sticky' | 'skipped'>;

function stepOf({ candidate, outcome, reason, tries }: Runner<Candidate, unknown>): RoutingStep {
	const { provider, model, credential } = candidate.target;
	return {
		provider: provider.id,
		model,
		key: credential.name,
		outcome,
		reason,
		attempts: tries,
		score: candidate.score,
	};
}

/** Those never considered come last, in the order they were listed in. */
const place = ({ order }: Runner<unknown, unknown>): number => (order === 0 ? Number.POSITIVE_INFINITY : order);

function inOrder<R extends Runner<unknown, unknown>>(runners: readonly R[]): readonly R[] {
	if (runners.length === 1) return runners;
	return runners.toSorted((left, right) => (place(left) === place(right) ? 0 : place(left) - place(right)));
}

export function decisionOf(route: Decided, runners: readonly Runner<Candidate, unknown>[]): RoutingDecision {
	const considered = runners.filter(({ candidate, order }) => !candidate.tight || order > 0);
	const steps = inOrder(considered).map(stepOf);
	const asked = considered.filter(({ candidate }) => candidate.tight).map(stepOf);
	const isAsked = (step: RoutingStep): boolean =>
		asked.some(({ provider, model }) => provider === step.provider && model === step.model);
	const skipped = asked.length === 0 ? route.skipped : route.skipped.filter((step) => !isAsked(step));
	return {
		strategy: route.strategy,
		sticky: route.sticky,
		steps: skipped.length === 0 ? steps : [...skipped, ...steps],
	};
}

/** Nothing to tell: there was one target, which answered at once. */
export function isPlain({ steps }: RoutingDecision): boolean {
	const [only] = steps;
	return steps.length === 1 && only?.outcome === 'answered' && only.attempts === 1;
}
