"""Sums over the risk sets of a Cox model with Efron's ties, all of them at once.

Efron lets each of d tied events leave after the other: the e-th of them is seen among all at risk less e/d of the d
(e = 0 … d − 1). So there is one *seen* risk set an event, not an event time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from LWCTRLogic.stats.steps import Bools, Floats

Ints = NDArray[np.intp]


@dataclass(frozen=True)
class RiskSets:
    """Patients sorted by stratum and falling time, and where each event time lies among them.

    Attributes
    ----------
    x : (n, p)
        Covariates, sorted.
    died : (n,)
        Who had the event, sorted.
    order : (n,)
        Row of each sorted patient in what was given.
    start, last : (k,)
        First patient of the stratum, and last one at risk, of each event time.
    moments, stratum : (k,)
        Event times and their strata; within a stratum they fall.
    moment_of : (n,)
        Index of the patient's own event time; of a censored one, of the next event time at which it is at risk
        (k: at none).
    counts : (k,)
        Events at each.
    """

    x: Floats
    died: Bools
    order: Ints
    start: Ints
    last: Ints
    moments: Floats
    stratum: Ints
    moment_of: Ints
    counts: Ints

    @property
    def event_moment(self) -> Ints:
        """Index of the event time of each event (e,), in sorted order."""
        return self.moment_of[self.died]

    @property
    def share(self) -> Floats:
        """Share of the tied events that has left before each event is seen (e,)."""
        first = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        place = np.arange(len(self.event_moment)) - first[self.event_moment]
        return np.asarray(place / self.counts[self.event_moment], dtype=float)

    def relative(self, coefficients: Floats) -> Floats:
        """Return exp(x β) of each sorted patient (n,)."""
        return np.asarray(np.exp(self.x @ coefficients), dtype=float)

    def at_risk(self, values: Floats) -> Floats:
        """Return the sum of values (n, …) over those at risk at each event time (k, …)."""
        total = np.cumsum(values, axis=0)
        before = np.concatenate([np.zeros((1, *values.shape[1:])), total])
        return np.asarray(total[self.last] - before[self.start], dtype=float)

    def of_dead(self, values: Floats) -> Floats:
        """Return the sum of values (n, …) over those with the event at each event time (k, …)."""
        dead = values[self.died]
        first = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
        return np.asarray(np.add.reduceat(dead, first, axis=0), dtype=float)

    def seen(self, values: Floats) -> Floats:
        """Return the sum of values (n, …) over the risk set that each event is seen in (e, …)."""
        moment, share = self.event_moment, self.share
        share = share.reshape(share.shape + (1,) * (values.ndim - 1))
        return np.asarray(self.at_risk(values)[moment] - share * self.of_dead(values)[moment], dtype=float)

    def exposure(self, per_event: Floats) -> Floats:
        """Return Σ per_event (e,) over the events that each sorted patient (n,) was seen at risk of."""
        size = len(self.moments)
        whole = np.bincount(self.event_moment, per_event, size)
        shared = np.bincount(self.event_moment, per_event * self.share, size)
        # Times fall within a stratum, so a patient is at risk at its own moment and all later rows of the stratum.
        backward = np.cumsum(whole[::-1])[::-1]
        backward = np.append(backward, 0.0)
        ends = np.append(np.flatnonzero(np.diff(self.stratum)) + 1, size)
        end_of = ends[np.searchsorted(ends, np.arange(size), side="right")] if size else ends
        own = np.minimum(self.moment_of, size - 1)
        felt = np.where(self.moment_of < size, backward[own] - backward[end_of[own]], 0.0)
        return np.asarray(felt - np.where(self.died, shared[own], 0.0), dtype=float)


def risk_sets(times: Floats, events: Bools, x: Floats, strata: Ints | None = None) -> RiskSets:
    """Return the risk sets of follow-up (n,) with covariates (n, p) in strata (n,), numbered from 0."""
    groups = np.zeros(len(times), dtype=np.intp) if strata is None else strata
    # Events before censorings of the same time, so that those of one event time are neighbours.
    order = np.lexsort((~events, -times, groups))
    times, events, groups = times[order], events[order], groups[order]
    new = np.ones(len(times), dtype=bool)
    new[1:] = (times[1:] != times[:-1]) | (groups[1:] != groups[:-1])
    run = np.cumsum(new) - 1
    run_last = np.append(np.flatnonzero(new)[1:], len(times)) - 1
    dead_runs = np.unique(run[events])
    heads = np.flatnonzero(new)[dead_runs]
    stratum = groups[heads]
    # The first event time, in this order, not later than the patient's own time, and of the same stratum.
    moment_of = np.searchsorted(dead_runs, run, side="left")
    own = np.minimum(moment_of, max(len(dead_runs) - 1, 0))
    moment_of = np.where((moment_of < len(dead_runs)) & (stratum[own] == groups), moment_of, len(dead_runs))
    return RiskSets(
        x[order],
        events,
        order,
        np.searchsorted(groups, stratum, side="left"),
        run_last[dead_runs],
        times[heads],
        stratum,
        moment_of,
        np.bincount(moment_of[events], minlength=len(dead_runs)),
    )
