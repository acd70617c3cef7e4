"""What, when, where and for whom: the parts of one traffic regulation in DATEX II v3."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from shapely import Polygon

from geo.crs import WGS84
from geo.exports.datex2_names import COM, LOC, TRO, XSI_TYPE, add, add_text
from geo.exports.regulation import NotExpressible, Regulation, check_users
from geo.geojson import DECIMALS
from geo.rules import DAY_END, MIDNIGHT, RESERVING, WEEK
from geo.words import SCHOOL_DAYS, SCHOOL_HOLIDAYS, Activity, Bay, Day, TimeRule

DAYS = {
    Day.MO: "monday",
    Day.TU: "tuesday",
    Day.WE: "wednesday",
    Day.TH: "thursday",
    Day.FR: "friday",
    Day.SA: "saturday",
    Day.SU: "sunday",
}
"""DayEnum."""

MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
"""MonthOfYearEnum."""

INSTANCES = (
    "firstInstance",
    "secondInstance",
    "thirdInstance",
    "fourthInstance",
    "fifthInstance",
)
"""InstanceOfDayEnum."""

SPECIAL_DAYS = {SCHOOL_DAYS: "schoolDay", SCHOOL_HOLIDAYS: "schoolHolidays"}
"""SpecialDayTypeEnum of named periods; any other is ``other``, with its name."""

BANNING = {
    Activity.NO_PARKING: "parkingProhibited",
    Activity.NO_STOPPING: "standingAndParkingProhibited",
    Activity.STOPPING: "parkingProhibited",
}
"""Activities that ban all, and how."""


def restriction(bay: Bay, rule: TimeRule) -> ET.Element | None:
    """Return what a rule forbids; None for one that allows parking, which forbids nothing.

    Raises
    ------
    NotExpressible
        The rule regulates something else than standing and parking.
    """
    if rule.activity is Activity.PARKING:
        return None
    kind = "parkingProhibited" if rule.activity in RESERVING else BANNING.get(rule.activity)
    if kind is None:
        raise NotExpressible(
            f"bay {bay.bay_id}: activity {rule.activity.value!r} is no standing or parking restriction of DATEX II; "
            f"wanted one of {', '.join(sorted({*RESERVING, *BANNING}))}"
        )
    found = ET.Element(f"{{{TRO}}}typeOfRegulation", {XSI_TYPE: "tro:StandingOrParkingRestriction"})
    add(found, TRO, "standingOrParkingRestrictionType", kind)
    if rule.max_stay_min is not None:
        add(found, TRO, "permittedStandingTime", f"PT{rule.max_stay_min}M")
    return found


def exempted(bay: Bay, rule: TimeRule) -> ET.Element | None:
    """Return the condition that spares vehicles that deliver, up to the weight the rule allows; None where it bans all.

    Raises
    ------
    NotExpressible
        The rule is for users that city logistics does not cover.
    """
    check_users(bay, rule)
    if rule.activity not in RESERVING:
        return None
    found = _condition("tro:VehicleCondition")
    add(found, TRO, "negate", "true")
    vehicle = add(found, TRO, "vehicleCharacteristics")
    add(vehicle, COM, "vehicleUsage", "cityLogistics")
    if rule.max_weight_t is not None:
        weight = add(vehicle, COM, "grossWeightCharacteristic")
        add(weight, COM, "comparisonOperator", "lessThanOrEqualTo")
        add(weight, COM, "grossVehicleWeight", f"{rule.max_weight_t:g}")
        add(weight, COM, "typeOfWeight", "maximumPermitted")
    return found


def location(bay: Bay) -> ET.Element:
    """Return the bay's polygon, latitude then longitude (EPSG:4326), with its name and a point to show."""
    found = _condition("tro:LocationCondition")
    place = add(found, TRO, "locationByOrder")
    place.set(XSI_TYPE, "loc:AreaLocation")
    centre = Polygon(bay.polygon_lonlat).centroid
    point = add(place, LOC, "coordinatesForDisplay")
    add(point, LOC, "latitude", f"{centre.y:.{DECIMALS}f}")
    add(point, LOC, "longitude", f"{centre.x:.{DECIMALS}f}")
    area = add(place, LOC, "gmlMultiPolygon")
    add_text(area, LOC, "gmlAreaName", bay.details.address or bay.name or bay.bay_id)
    ring = add(add(area, LOC, "gmlPolygon"), LOC, "exterior")
    ring.set("srsName", WGS84)
    ring.set("srsDimension", "2")
    points = (f"{lat:.{DECIMALS}f} {lon:.{DECIMALS}f}" for lon, lat in bay.polygon_lonlat)
    add(ring, LOC, "posList", " ".join(points))
    return found


def validity(bay: Bay, rules: Sequence[TimeRule], regulation: Regulation) -> ET.Element:
    """Return when rules that differ by days and hours only are in force.

    Raises
    ------
    NotExpressible
        They hold in odd or even weeks only, or on days of the month: DATEX II has neither.
    """
    first = rules[0]
    _check(bay, first)
    found = _condition("tro:ValidityCondition")
    valid = add(found, TRO, "validityByOrder")
    add(valid, COM, "validityStatus", "definedByValidityTimeSpec")
    overall = add(valid, COM, "validityTimeSpecification")
    add(overall, COM, "overallStartTime", regulation.begin_at(first).isoformat())
    if first.until_on is not None:
        add(overall, COM, "overallEndTime", regulation.midnight(first.until_on).isoformat())
    for rule in rules:
        _add_window(overall, rule)
    if Day.PH not in first.days:
        _add_special_day(add(overall, COM, "exceptionPeriod"), "publicHoliday")
    for name in first.except_periods:
        _add_named(add(overall, COM, "exceptionPeriod"), name)
    return found


def _check(bay: Bay, rule: TimeRule) -> None:
    said = {"week_parity": rule.week_parity, "days_of_month": rule.days_of_month}
    for name, value in said.items():
        if value:
            raise NotExpressible(
                f"bay {bay.bay_id}: {name} is {value!r}, for which DATEX II has no period; wanted none"
            )


def _add_window(overall: ET.Element, rule: TimeRule) -> None:
    """Add the periods of a rule: its days of the week, and apart from them the public holidays it names."""
    days = tuple(day for day in WEEK if day in rule.days)
    if days:
        _add_period(overall, rule, days)
    if Day.PH in rule.days:
        _add_special_day(_add_period(overall, rule, ()), "publicHoliday")


def _add_period(overall: ET.Element, rule: TimeRule, days: Sequence[Day]) -> ET.Element:
    period = add(overall, COM, "validPeriod")
    names = [name for name in rule.only_periods if name not in SPECIAL_DAYS]
    if names:
        add_text(period, COM, "periodName", ", ".join(names))
    if (rule.start, rule.end) != (MIDNIGHT, DAY_END):
        hours = add(period, COM, "recurringTimePeriodOfDay")
        add(hours, COM, "startTimeOfPeriod", f"{rule.start}:00")
        add(hours, COM, "endTimeOfPeriod", f"{rule.end}:00")
    if days or rule.months or rule.weeks_of_month:
        _add_days(period, rule, days)
    for name in rule.only_periods:
        _add_special_day(period, SPECIAL_DAYS.get(name, "other"))
    return period


def _add_days(period: ET.Element, rule: TimeRule, days: Sequence[Day]) -> None:
    named = add(period, COM, "recurringDayWeekMonthPeriod")
    for day in days:
        add(named, COM, "applicableDay", DAYS[day])
    for month in rule.months:
        add(named, COM, "applicableMonth", MONTHS[month - 1])
    if rule.weeks_of_month:
        named.set(XSI_TYPE, "com:InstanceOfDayWithinMonth")
        for week in rule.weeks_of_month:
            add(named, COM, "applicableInstanceOfDayWithinMonth", INSTANCES[week - 1])


def _add_named(period: ET.Element, name: str) -> None:
    kind = SPECIAL_DAYS.get(name)
    if kind is None:
        add_text(period, COM, "periodName", name)
    _add_special_day(period, kind or "other")


def _add_special_day(period: ET.Element, kind: str) -> None:
    """Restrict a period to a kind of day, within the days it names."""
    day = add(period, COM, "recurringSpecialDay")
    add(day, COM, "intersectWithApplicableDays", "true")
    add(day, COM, "specialDayType", kind)


def _condition(kind: str) -> ET.Element:
    return ET.Element(f"{{{TRO}}}conditions", {XSI_TYPE: kind})
