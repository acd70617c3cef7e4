"""Time rules to and from OSM opening hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from geo.calendar import public_holidays
from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical, changed
from geo.rule_languages.opening_hours import read_opening_hours, write_opening_hours
from geo.rules import ALL_DAYS, WEEK, day_of
from geo.words import Day, TimeRule
from tests.geo.rule_languages.made_rules import (
    dated_rules,
    full_rules,
    rule_sets,
    weekly_rules,
    windows,
)

HOLIDAYS_ON = public_holidays("69123", date(2019, 1, 1), date(2034, 1, 1))


def is_reserved(
    rules: tuple[TimeRule, ...], at: datetime, holidays_on: frozenset[date] = HOLIDAYS_ON
) -> bool:
    """Tell, minute by minute and in the plainest way, whether any rule applies at a local instant."""
    on, clock = at.date(), at.strftime("%H:%M")
    day = day_of(on, is_public_holiday=on in holidays_on)
    return any(
        day in rule.days
        and rule.start <= clock < rule.end
        and (not rule.months or on.month in rule.months)
        and (not rule.days_of_month or on.day in rule.days_of_month)
        and (not rule.weeks_of_month or (on.day + 6) // 7 in rule.weeks_of_month)
        and (
            rule.week_parity is None
            or (on.isocalendar().week % 2 == 1) == (rule.week_parity == "odd")
        )
        and (rule.from_on is None or on >= rule.from_on)
        and (rule.until_on is None or on < rule.until_on)
        for rule in rules
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mo-Sa 07:00-20:00; PH off", None),
        ("Mo-Sa,PH 07:00-20:00", None),
        ("Mo-Fr 08:00-12:00,14:00-19:00; Sa 09:00-12:00; PH off", None),
        ("24/7", None),
        ("24/7; PH off", "Mo-Su 00:00-24:00; PH off"),
        ("Mo-Su 09:00-11:00", "Mo-Su,PH 09:00-11:00"),
        ("09:00-11:00", "Mo-Su,PH 09:00-11:00"),
        ("Sa-Mo 10:00-12:00", "Sa-Mo 10:00-12:00; PH off"),
        ("Mo[1,3] 08:00-12:00; PH off", None),
        ("week 01-53/2 Tu 05:00-09:00; PH off", None),
        ("week 02-53/2 Tu 05:00-09:00; PH off", "week 02-52/2 Tu 05:00-09:00; PH off"),
        (
            "Mo-Fr 08:00-18:00; Mo-Fr 12:00-13:00 off; PH off",
            "Mo-Fr 08:00-12:00,13:00-18:00; PH off",
        ),
        ("Mo-Fr 08:00-12:00; We 14:00-16:00", "Mo-Tu,Th-Fr 08:00-12:00; We 14:00-16:00; PH off"),
        (
            "Mo-Fr 08:00-12:00, We 14:00-16:00",
            "Mo-Tu,Th-Fr 08:00-12:00; We 08:00-12:00,14:00-16:00; PH off",
        ),
        ("Mo-Fr 08:00-12:00; SH off", "Mo-Fr 08:00-12:00; PH off; SH off"),
        ("SH Mo-Fr 08:00-12:00", "SH Mo-Fr 08:00-12:00; PH off"),
        ("Mo 20:00-26:00", "Mo 20:00-24:00; Tu 00:00-02:00; PH off"),
        ("20:00-07:00", "Mo-Su,PH 00:00-07:00,20:00-24:00"),
        ("Mo-Fr 08:00-12:00 || Mo-Sa 10:00-14:00", "Mo-Fr 08:00-14:00; Sa 10:00-14:00; PH off"),
        (
            "2025 Mar 01-2025 Jun 30: Mo 10:00-12:00",
            "2025 Mar 01-2025 Jun 30 Mo 10:00-12:00; PH off",
        ),
        ("Jan-Mar,Oct Mo 10:00-12:00; PH off", None),
        ("Dec 24-26 08:00-10:00", "Dec 24-26 Mo-Su,PH 08:00-10:00"),
        ("mo-fr 8:00-12:00 closed", ""),
        ("off", ""),
        ("", ""),
    ],
)
def test_text_is_read_and_written_short(text: str, written: str | None) -> None:
    """What people write is understood and written again in its shortest form."""
    assert write_opening_hours(read_opening_hours(text)) == (text if written is None else written)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("Mo[-1] 08:00-10:00", "-1] 08:00-10:00"),
        ("sunrise-sunset", "sunrise-sunset"),
        ("Mo 08:00+", "'+'"),
        ("Mo 08:00-10:00+", "'+'"),
        ("Mo 08:00-18:00/90", "'/90'"),
        ("Mo-Fr 08:00", "end too early"),
        ('Mo-Fr 08:00-12:00 "sur rendez-vous"', "sur rendez-vous"),
        ("Mo-Fr 08:00-12:00 unknown", "unknown"),
        ("easter off", "easter"),
        ("Mo +1 day 08:00-09:00", "+1 day"),
        ("lundi 8h-12h", "lundi 8h-12h"),
        ("PH Mo 08:00-10:00", "Mo 08:00-10:00"),
        ("Mo 25:00-26:00", "25:00"),
        ("Mo 08:75-09:00", "08:75"),
        ("week 10-20 Mo 08:00-10:00", "10-20/1"),
        ("Feb 30 08:00-09:00", "30-30 of feb"),
        ("2025 Feb 29 08:00-09:00", "2025-2-29"),
        ("PH 20:00-07:00", "the day after a holiday has no name"),
        ("Jan 20:00-07:00", "split at midnight"),
        ("Mo-Fr 08:00-12:00; PH off || Sa 10:00-12:00", "|| after off"),
        ("Mo-Fr 08:00-12:00 || Sa 10:00-12:00; Su 10:00-12:00", "; after ||"),
        ("Mo-Fr 08:00-12:00,", "end too early"),
        ('Jan Mo 08:00-12:00 unknown "months=2"', "months"),
        ('Mo 08:00-12:00 open "max_stay_min=long"', "long"),
        ("Mo 08:00-09:00;" * 700, "10500 characters"),
        ("Mo € 08:00-12:00", "€ 08:00-12:00"),
    ],
)
def test_what_no_rule_can_say_is_refused_by_name(text: str, piece: str) -> None:
    """A text that is not understood is refused, and the message holds the piece."""
    with pytest.raises(InvalidTimeRule) as caught:
        read_opening_hours(text)
    assert piece in str(caught.value)


def test_other_conditions_stand_in_a_comment() -> None:
    """The maximum stay, which opening hours have no word for, comes back from the comment."""
    rule = TimeRule(days=WEEK[:6], start="07:00", end="20:00", max_stay_min=30, control="disc")
    text = write_opening_hours([rule])
    assert text == 'Mo-Sa 07:00-20:00 open "max_stay_min=30; control=disc"; PH off'
    assert read_opening_hours(text) == (rule,)


def test_days_nobody_can_look_up_are_unknown() -> None:
    """A rule of market days is not shown as open on every day."""
    rule = TimeRule(days=(Day.TU,), start="05:00", end="14:00", only_periods=("marché",))
    text = write_opening_hours([rule])
    assert text == 'Tu 05:00-14:00 unknown "only_periods=marché"; PH off'
    assert OpeningHours(text).is_unknown(datetime(2025, 1, 7, 6, 0))  # noqa: DTZ001 - wall time
    assert read_opening_hours(text) == (rule,)


@given(rule_sets(full_rules()))
@settings(max_examples=80, deadline=None)
def test_rules_come_back(rules: tuple[TimeRule, ...]) -> None:
    """Rules written and read are the same rules in canonical form, and the text is stable."""
    text = write_opening_hours(rules)
    assert read_opening_hours(text) == canonical(rules)
    assert write_opening_hours(read_opening_hours(text)) == text


@given(
    rule_sets(st.one_of(weekly_rules(), dated_rules())),
    st.lists(
        st.datetimes(datetime(2020, 1, 1), datetime(2032, 12, 31)),  # noqa: DTZ001 - wall time
        min_size=10,
        max_size=10,
    ),
    st.lists(st.sampled_from(sorted(HOLIDAYS_ON)), min_size=2, max_size=2),
)
@settings(max_examples=80, deadline=None)
def test_an_independent_reader_takes_the_same_meaning(
    rules: tuple[TimeRule, ...], instants: list[datetime], holidays_on: list[date]
) -> None:
    """A library of others finds the bay reserved exactly when a rule applies, on holidays too."""
    sayable = tuple(changed(rule, days_of_month=()) for rule in rules)
    if any(Day.PH in rule.days and rule.weeks_of_month for rule in sayable):
        sayable = tuple(changed(rule, weeks_of_month=()) for rule in sayable)
    if any(rule.from_on or rule.until_on for rule in sayable):
        sayable = tuple(changed(rule, months=()) for rule in sayable)
    hours = OpeningHours(write_opening_hours(sayable) or "off", country="FR")
    on_holidays = [datetime.combine(on, at.time()) for on in holidays_on for at in instants[:5]]
    for at in [*instants, *on_holidays]:
        minute = at.replace(second=0, microsecond=0)
        assert hours.is_open(minute) == is_reserved(sayable, minute), (str(hours), minute)


WEEKDAYS = st.sampled_from(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"))
MONTHS = st.sampled_from(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
)


def joined(
    first: st.SearchStrategy[str], mark: str, last: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """Return two drawn texts with a mark between them."""
    return st.tuples(first, last).map(mark.join)


DAY_LISTS = st.lists(
    st.one_of(
        WEEKDAYS,
        joined(WEEKDAYS, "-", WEEKDAYS),
        joined(WEEKDAYS, "", st.sampled_from(("[1]", "[2,4]", "[1-3]", "[5]"))),
    ),
    min_size=1,
    max_size=2,
).map(",".join)
DATES = st.one_of(
    MONTHS,
    joined(MONTHS, "-", MONTHS),
    joined(MONTHS, " ", st.sampled_from(("05", "01-15", "20-28"))),
    joined(joined(MONTHS, " ", st.just("20")), "-", joined(MONTHS, " ", st.just("25"))),
    joined(MONTHS, " ", st.just("03")).map(lambda first: f"2025 {first}-2026 Dec 20"),
    st.sampled_from(("2025", "2024-2025", "2025+", "week 01-53/2", "week 02-53/2")),
)
TIMES = st.lists(windows().map("-".join), min_size=1, max_size=2).map(",".join)
SPELT_RULES = st.tuples(
    st.one_of(st.just(""), DATES),
    st.one_of(st.just(""), DAY_LISTS),
    TIMES,
    st.sampled_from(("", "", "", "off")),
).map(lambda parts: " ".join(filter(None, parts)))


@given(
    SPELT_RULES,
    st.lists(st.tuples(st.sampled_from(("; ", "; ", ", ")), SPELT_RULES), max_size=3),
    st.lists(st.integers(0, 3 * 366 * 96), min_size=25, max_size=25),
)
@settings(max_examples=80, deadline=None)
def test_texts_are_understood_as_others_understand_them(
    first: str, rest: list[tuple[str, str]], quarters: list[int]
) -> None:
    """Whatever days a text selects, replaces, adds and closes, the library and we find the same hours reserved."""
    text = first + "".join(mark + rule for mark, rule in rest)
    rules, hours = read_opening_hours(text), OpeningHours(text)
    for quarter in quarters:
        at = datetime(2024, 1, 1) + timedelta(minutes=15 * quarter)  # noqa: DTZ001 - wall time
        assert hours.is_open(at) == is_reserved(rules, at, frozenset()), (text, at)


def test_permanent_bay_is_always_open() -> None:
    """The permanent rule is the shortest text there is."""
    assert write_opening_hours([TimeRule(days=ALL_DAYS, start="00:00", end="24:00")]) == "24/7"
