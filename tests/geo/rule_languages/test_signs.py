"""Time rules from sign texts."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical, changed
from geo.rule_languages.panel import read_panel, write_panel
from geo.rule_languages.signs import DISABLED, RESIDENT, read_sign
from geo.rules import ALL_DAYS, WEEK
from geo.words import Activity, Day, TimeRule
from tests.geo.rule_languages.made_rules import dated_rules, full_rules, rule_sets, weekly_rules

WEEKEND = (Day.SA, Day.SU)


@pytest.mark.parametrize(
    ("text", "days", "start", "end", "max_stay_min"),
    [
        ("LZ 30MINS M-F 7:30AM - 18:30PM", WEEK[:5], "07:30", "18:30", 30),
        ("LZ 1 HR 5AM-12MD", ALL_DAYS, "05:00", "12:00", 60),
        ("L/Zone 30MINS 7.30 - 6.30PM", ALL_DAYS, "07:30", "18:30", 30),
        ("LZ M-F 7:30-19:30", WEEK[:5], "07:30", "19:30", None),
        ("LZ30MINS (722) 7:30-18:30 <>", ALL_DAYS, "07:30", "18:30", 30),
        ("LZ 30mins 7.30 23.00", ALL_DAYS, "07:30", "23:00", 30),
        ("LZ 15M M-F 9.00-4.00", WEEK[:5], "09:00", "16:00", 15),
        ("LZ 30M M-SUN 00:00-23:59", ALL_DAYS, "00:00", "24:00", 30),
    ],
)
def test_loading_zone_is_loading(
    text: str, days: tuple[Day, ...], start: str, end: str, max_stay_min: int | None
) -> None:
    """A loading zone's days, hours and minutes are found however they are written."""
    assert read_sign(text) == (
        TimeRule(days=days, start=start, end=end, max_stay_min=max_stay_min),
    )


@pytest.mark.parametrize(
    ("text", "activity", "days", "start", "end", "max_stay_min"),
    [
        ("2P MTR M-SAT 7:30-18:30", "parking", WEEK[:6], "07:30", "18:30", 120),
        ("1/4P SAT & SUN 7.30 - 6.30", "parking", WEEKEND, "07:30", "18:30", 15),
        ("2P S-S 7:30-18:30", "parking", WEEKEND, "07:30", "18:30", 120),
        ("1PM M-SA 12MD-8.30PM", "parking", WEEK[:6], "12:00", "20:30", 60),
        ("2P TKT M-SUN7:30AM-11PM", "parking", ALL_DAYS, "07:30", "23:00", 120),
        ("P10 M-F 1500-1600", "parking", WEEK[:5], "15:00", "16:00", 10),
        ("P 10MINS M-F 9-10AM", "parking", WEEK[:5], "09:00", "10:00", 10),
        ("2Mins P 3pm-4pm M-F", "parking", WEEK[:5], "15:00", "16:00", 2),
        ("P/10 M-F 16:00-19:30 - No Park", "no parking", WEEK[:5], "16:00", "19:30", 10),
        ("CW TOW M-F 16:00-19:00", "no stopping", WEEK[:5], "16:00", "19:00", None),
        ("S/ No Stop M-F  16:00-18:30", "no stopping", WEEK[:5], "16:00", "18:30", None),
        ("1P sun 7.30-23.00", "parking", (Day.SU,), "07:30", "23:00", 60),
    ],
)
def test_other_signs_say_what_they_allow(  # noqa: PLR0917 - one sign, six things it says
    text: str,
    activity: str,
    days: tuple[Day, ...],
    start: str,
    end: str,
    max_stay_min: int | None,
) -> None:
    """Parking, no parking and clearways are told apart, with their days, hours and minutes."""
    assert read_sign(text) == (
        TimeRule(
            activity=Activity(activity), days=days, start=start, end=end, max_stay_min=max_stay_min
        ),
    )


def test_permits_are_user_classes() -> None:
    """A place for the disabled is for them, and residents are excepted from a limit with their area."""
    (disabled,) = read_sign("2P DIS ONLY 7.30 - 20.30")
    (residents,) = read_sign("2P RPA 1B Wed-Mon 7:30am-11pm")
    assert disabled.user_classes == (DISABLED,)
    assert residents.except_user_classes == (f"{RESIDENT}_1b",)
    assert Day.TU not in residents.days


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("LZ 30MINS 6.30-7.30 M-F", "6.30-7.30"),
        ("P 10MINS M-F 3-4.30PM", "3-4.30PM"),
        ("P/ 10 Mins Sa-Su 00:00 - 11:59", "00:00 - 11:59"),
        ("2P M-F 18:30-7:30", "18:30-7:30"),
        ("2P M-F 9AM-24:75", "24:75"),
        ("2P DIS AOT 0:00-7:00", "all other times"),
        ("2P MTR SAT", "no hours"),
        ("P10 M-SUN 0:00-23:59 B", "'B'"),
        ("2P M-F SAT 7:30-18:30", "M-F, SAT"),
        ("2P S 7:30-18:30", "'S'"),
        ("Temp Sign Plate Sun-Sun 4:00-5:00", "known kind"),
        ("2P M-F 7:30-18:30 10:00-12:00", "10:00"),
        ("P5M-F 7:30-18:30", "P5M-F"),
        ("2P " + "7:30 " * 400, "2003 characters"),
    ],
)
def test_what_is_not_certain_is_refused_by_name(text: str, piece: str) -> None:
    """A sign with an unknown word, or with hours that two people would read differently, is refused."""
    with pytest.raises(InvalidTimeRule) as caught:
        read_sign(text)
    assert piece in str(caught.value)


def test_signs_of_melbourne_are_read_or_refused_and_never_wrong(shared: Path) -> None:
    """Of 333 texts 291 are read; days, hours, minutes and kind are those of the file's columns but for 3 of the file's.

    The three: hours typed as 7:00 for a sign of 7.30, and the hour that the file sets on ``P MTR``, which has none.
    """
    file = shared / "data/events/melbourne_2019/bay_restrictions.csv"
    with file.open(encoding="utf-8-sig") as lines:
        signs = {
            tuple(row[f"{name}{place}"] for name in COLUMNS)
            for row in csv.DictReader(lines)
            for place in range(1, 7)
            if row[f"Description{place}"]
        }
    read: dict[str, TimeRule] = {}
    refused: Counter[str] = Counter()
    for text in {sign[0] for sign in signs}:
        try:
            (read[text],) = read_sign(text)
        except InvalidTimeRule as error:
            refused[next(why for why in WHY if why in str(error))] += 1
    assert (len(read), refused) == (
        291,
        Counter(
            {
                "all other times": 18,
                "read in two ways": 12,
                "no hours": 10,
                "holds 'B'": 1,
                "known kind": 1,
            }
        ),
    )
    differing = {sign[0] for sign in signs if sign[0] in read and not agrees(read[sign[0]], sign)}
    assert differing == {
        "LZ 30MINS 7.30-23.00",
        "P MTR M-FRI 19:30-20:30",
        "P MTR M-SAT 19:30-20:30",
    }


COLUMNS = ("Description", "Duration", "FromDay", "ToDay", "StartTime", "EndTime", "TypeDesc")
WHY = ("all other times", "read in two ways", "no hours", "holds 'B'", "known kind")
BY_NUMBER = (Day.SU, *WEEK[:6])
"""The file counts days from Sunday, 0."""

NO_LIMIT_MIN = (0, 1, 2, 1440)
"""Durations in the file where a sign gives none: of clearways, of no parking by law, of all day."""


def agrees(rule: TimeRule, sign: tuple[str, ...]) -> bool:
    """Tell whether a rule says what the typed columns of its sign say."""
    _, duration, first, last, start, end, kind = sign
    span = (int(last) - int(first)) % 7
    days = {BY_NUMBER[(int(first) + step) % 7] for step in range(span + 1)}
    to = "24:00" if end >= "23:59" or end == "00:00:00" else end[:5]
    stay = int(duration.replace(",", ""))
    limit_agrees = stay == rule.max_stay_min or (rule.max_stay_min is None and stay in NO_LIMIT_MIN)
    activities = {"L": "loading", "C": "no stopping", "S": "no stopping"}
    activity = activities.get(kind[0], "no parking" if kind.startswith("P/") else "parking")
    return (
        set(rule.days) - {Day.PH} == days
        and (rule.start, rule.end) == (start[:5], to)
        and limit_agrees
        and rule.activity == activity
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (
            "LIVRAISONS du lundi au samedi 7h-20h sauf jours fériés, 30 min max",
            TimeRule(days=WEEK[:6], start="07:00", end="20:00", max_stay_min=30),
        ),
        ("LIVRAISONS tous les jours 24h/24", TimeRule(days=ALL_DAYS, start="00:00", end="24:00")),
        (
            "LIVRAISONS mardi et jeudi 6h30-10h sauf jours fériés, disque obligatoire, PTAC max 3,5 t",
            TimeRule(
                days=(Day.TU, Day.TH), start="06:30", end="10:00", control="disc", max_weight_t=3.5
            ),
        ),
        (
            "LIVRAISONS mardi 5h-14h jours fériés compris, hors vacances scolaires, 1er et 3e du mois, en mars",
            TimeRule(
                days=(Day.TU, Day.PH),
                start="05:00",
                end="14:00",
                weeks_of_month=(1, 3),
                months=(3,),
                except_periods=("school_holidays",),
            ),
        ),
    ],
)
def test_french_panel_is_written_and_read(text: str, rule: TimeRule) -> None:
    """What a panel says is what the rule says, both ways, and a panel is a sign."""
    assert write_panel([rule]) == text
    assert read_sign(text) == (rule,)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Livraisons : lundi au samedi de 7h à 20h", WEEK[:6]),
        ("LIVRAISON de 7 h 00 à 20 h 00 sauf dimanches et jours fériés", WEEK[:6]),
        ("livraisons sauf dimanche 7h - 20h", WEEK[:6]),
        ("LIVRAISONS les lundis et mardis 07:00-20:00", WEEK[:2]),
        ("LIVRAISONS 7h-20h", ALL_DAYS),
    ],
)
def test_panels_as_people_write_them_are_understood(text: str, days: tuple[Day, ...]) -> None:
    """Spaces, plurals, capitals and the place of the exception do not matter."""
    assert read_panel(text) == (TimeRule(days=days, start="07:00", end="20:00"),)


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("ARRÊT INTERDIT", "ARRÊT INTERDIT"),
        ("LIVRAISONS", "wanted days, hours"),
        ("LIVRAISONS le matin", "le matin"),
        ("LIVRAISONS 7h-25h", "7h-25h"),
        ("LIVRAISONS 7h-20h, sauf véhicules électriques", "electriques"),
        ("LIVRAISONS jours fériés 20h-7h", "day after a holiday"),
    ],
)
def test_other_panels_are_refused_by_name(text: str, piece: str) -> None:
    """A panel that is not of this form is refused, and the message holds the piece."""
    with pytest.raises(InvalidTimeRule) as caught:
        read_panel(text)
    assert piece in str(caught.value)


@given(rule_sets(st.one_of(weekly_rules(), dated_rules(), full_rules())))
@settings(max_examples=80, deadline=None)
def test_panels_come_back_or_are_refused(rules: tuple[TimeRule, ...]) -> None:
    """A panel says all of a bay's rules, or there is none."""
    plain = tuple(changed(rule, activity=Activity.LOADING, priority=None) for rule in rules)
    try:
        text = write_panel(plain)
    except InvalidTimeRule:
        return
    assert (read_panel(text) if text else ()) == canonical(plain)
