"""Why rows are refused, what was repaired and what to look at: one stable word each."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Why a row is refused."""

    NO_POSITION = "no_position"
    UNKNOWN_CRS = "unknown_crs"
    SWAPPED_AXES = "swapped_axes"
    INVALID_GEOMETRY = "invalid_geometry"
    NOT_A_DELIVERY_BAY = "not_a_delivery_bay"
    UNKNOWN_TYPE = "unknown_type"
    INVALID_VALUE = "invalid_value"
    INVALID_TIME_RULE = "invalid_time_rule"
    BAY_TWICE = "bay_twice"
    WRONG_CELLS = "wrong_cells"
    SPREADSHEET_FORMULA = "spreadsheet_formula"


class Repair(StrEnum):
    """What was put right in a row that was taken."""

    UNIT = "unit_repaired"
    GEOMETRY = "geometry_repaired"
    WKT = "wkt_repaired"
    ID_FROM_POSITION = "id_from_position"
    ID_SHORTENED = "id_shortened"
    ARRONDISSEMENT = "arrondissement_repaired"
    HOURS = "hours_repaired"


class Warn(StrEnum):
    """What a person should look at in a row that was taken."""

    NO_HOURS = "no_hours"
    NO_TYPE = "no_type"
    NO_POLICY = "no_policy"
    HOURS_DISAGREE = "hours_disagree"
    HOURS_UNREAD = "hours_unread"
    UNKNOWN_WORD = "unknown_word"
    IMPLAUSIBLE = "implausible_value"
    LEFT_OUT = "left_out"
    SAME_PLACE = "same_place"
    OVERLAP = "overlap"
    ANOTHER_KERB = "another_kerb"
    FAR_AWAY = "far_away"
