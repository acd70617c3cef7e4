"""Rules made at random, for laws that every language keeps."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from geo.rules import ALL_DAYS, clock_of
from geo.words import Activity, Control, TimeRule

NAMES = st.sampled_from(("school_days", "school_holidays", "marché", "works A-7; x,y"))


def some(values: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    """Return mostly nothing, else a few values."""
    return st.one_of(
        st.just(()), st.just(()), st.lists(values, min_size=1, max_size=3, unique=True).map(tuple)
    )


def windows() -> st.SearchStrategy[tuple[str, str]]:
    """Return start and end of a window, mostly on the quarter of an hour."""
    return (
        st.tuples(st.integers(0, 96), st.integers(0, 96))
        .filter(lambda pair: pair[0] != pair[1])
        .map(lambda pair: (clock_of(15 * min(pair)), clock_of(15 * max(pair))))
    )


@st.composite
def weekly_rules(draw: st.DrawFn) -> TimeRule:
    """Return a window of loading on some days."""
    start, end = draw(windows())
    days = draw(st.lists(st.sampled_from(ALL_DAYS), min_size=1, max_size=8, unique=True))
    return TimeRule(days=tuple(days), start=start, end=end)


@st.composite
def dated_rules(draw: st.DrawFn) -> TimeRule:
    """Return a window with conditions on its days, but without named periods."""
    from_on = draw(st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2030, 1, 1))))
    until_on = draw(st.one_of(st.none(), st.integers(1, 900)))
    return TimeRule.model_validate(
        {
            **dict(draw(weekly_rules())),
            "months": draw(some(st.integers(1, 12))),
            "days_of_month": draw(some(st.integers(1, 31))),
            "weeks_of_month": draw(some(st.integers(1, 5))),
            "week_parity": draw(st.sampled_from((None, None, "odd", "even"))),
            "from_on": from_on,
            "until_on": until_on and (from_on or date(2024, 2, 28)) + timedelta(days=until_on),
        }
    )


@st.composite
def full_rules(draw: st.DrawFn) -> TimeRule:
    """Return a rule with any of its conditions."""
    return TimeRule.model_validate(
        {
            **dict(draw(st.one_of(weekly_rules(), dated_rules()))),
            "activity": draw(st.sampled_from(Activity)),
            "max_stay_min": draw(st.sampled_from((None, 15, 30, 90))),
            "only_periods": draw(some(NAMES)),
            "except_periods": draw(some(NAMES)),
            "max_weight_t": draw(st.sampled_from((None, None, 3.5, 19.0, 7.49))),
            "control": draw(st.sampled_from((None, None, *Control))),
            "user_classes": draw(
                some(st.sampled_from(("van", "truck", "delivery", "freight", "taxi")))
            ),
            "except_user_classes": draw(some(st.sampled_from(("bus", "résident; 5 %")))),
            "priority": draw(st.sampled_from((None, None, 1, 50, 60))),
        }
    )


def rule_sets(
    rules: st.SearchStrategy[TimeRule],
) -> st.SearchStrategy[tuple[TimeRule, ...]]:
    """Return up to four rules, some of which share all but their windows."""
    return st.lists(rules, max_size=4).map(tuple)
